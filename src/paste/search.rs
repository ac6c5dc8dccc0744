//! Searching in texts, compiled once: the standard library's searches are made anew wherever one is called, and there are
//! a hundred calls here.

/// What readers look for in a text.
pub(super) trait Search {
    /// Whether `part` is in it.
    fn has(&self, part: &str) -> bool;
    /// What stands before and after the first `at`.
    fn cut(&self, at: &str) -> Option<(&str, &str)>;
    /// What follows, where it begins with `start`.
    fn after(&self, start: &str) -> Option<&str>;
    /// What goes before, where it ends with `end`.
    fn before(&self, end: &str) -> Option<&str>;
    /// Where the first `part` begins.
    fn place_of(&self, part: &str) -> Option<usize>;
    /// With `new` in place of each `old`.
    fn with(&self, old: &str, new: &str) -> String;
}

impl Search for str {
    #[inline(never)]
    fn has(&self, part: &str) -> bool {
        self.contains(part)
    }

    #[inline(never)]
    fn cut(&self, at: &str) -> Option<(&str, &str)> {
        self.split_once(at)
    }

    #[inline(never)]
    fn after(&self, start: &str) -> Option<&str> {
        self.strip_prefix(start)
    }

    #[inline(never)]
    fn before(&self, end: &str) -> Option<&str> {
        self.strip_suffix(end)
    }

    #[inline(never)]
    fn place_of(&self, part: &str) -> Option<usize> {
        self.find(part)
    }

    #[inline(never)]
    fn with(&self, old: &str, new: &str) -> String {
        self.replace(old, new)
    }
}
