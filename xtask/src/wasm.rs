//! The parts of a WebAssembly module, as far as the build changes them.

/// The length of what every module begins with.
pub(crate) const HEAD: usize = 8;

/// The section of names and the like.
pub(crate) const CUSTOM: u8 = 0;
/// The section of imports.
pub(crate) const IMPORTS: u8 = 2;
/// The section of functions' bodies.
pub(crate) const CODE: u8 = 10;

/// What of a module is still to be read.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of seven bits a byte, the lowest first.
    pub(crate) fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let [byte] = *self.take(1)? else { return None };
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn name(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        str::from_utf8(self.take(length)?).ok()
    }

    /// What an import is, after its names: a function begins with 0.
    pub(crate) fn import_kind(&mut self) -> Option<&'a [u8]> {
        let before = self.0;
        match *self.take(1)? {
            [0] => drop(self.number()?),
            [1] => {
                self.take(1)?;
                self.limits()?;
            }
            [2] => self.limits()?,
            [3] => drop(self.take(2)?),
            [4] => {
                self.take(1)?;
                self.number()?;
            }
            _ => return None,
        }
        before.get(..before.len() - self.0.len())
    }

    /// The least size of a table or memory, and the most where there is one.
    fn limits(&mut self) -> Option<()> {
        let [flags] = *self.take(1)? else { return None };
        for _ in 0..=flags & 1 {
            self.number()?;
        }
        Some(())
    }
}

/// The sections of a module, each with what it is; `None` where it is no module.
pub(crate) fn sections(wasm: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut rest = Bytes(wasm);
    rest.take(HEAD)?;
    let mut found = Vec::new();
    while !rest.0.is_empty() {
        let [id] = *rest.take(1)? else { return None };
        let length = rest.number()?;
        found.push((id, rest.take(length)?));
    }
    Some(found)
}

/// Writes a number as [`Bytes::number`] reads it.
pub(crate) fn push_number(made: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            made.push(low & 0x7f);
            return;
        }
        made.push(low | 0x80);
    }
}
