//! The files of a data set: downloaded, checked, and kept for every worker that needs them.

use std::{cell::Cell, rc::Rc};

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    data::DatasetKind,
    lab::train::{DownloadError, File, files},
    protocol::DataPart,
};

use crate::ui::platform::{self, Bytes, FetchError};

/// How many files a data set has.
const COUNT: usize = 4;

/// The files' parts, in their order.
const PARTS: [DataPart; COUNT] =
    [DataPart::TrainImages, DataPart::TrainLabels, DataPart::TestImages, DataPart::TestLabels];

/// A page's files. They go with the owner they were made under.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    kept: StoredValue<Kept, LocalStorage>,
}

#[derive(Default)]
struct Kept {
    /// Whose files they are.
    set: DatasetKind,
    /// As they were downloaded, for a worker that takes the place of another.
    packed: [Option<Bytes>; COUNT],
    /// Decompressed and checked, until a worker has them.
    unpacked: [Option<Bytes>; COUNT],
}

/// How a download fares.
pub(crate) enum Fetched {
    /// Bytes of all files that came so far, as compressed ones.
    Bytes(u32),
    /// All came; they are decompressed and checked.
    All,
    /// They are right.
    Checked,
    /// They are not here.
    Failed(DownloadError),
}

/// Takes a file, or hears that there are no more; says whether it wants them still.
type Take = Rc<dyn Fn(Option<(DataPart, Bytes)>) -> bool>;

impl Files {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { kept: StoredValue::new_local(Kept::default()) }
    }

    /// Downloads, decompresses and checks the files of a data set that are not here yet; those of another go.
    pub(crate) fn fetch(self, set: DatasetKind, tell: Rc<dyn Fn(Fetched)>) {
        self.kept.try_update_value(|kept| {
            if kept.set != set {
                *kept = Kept { set, ..Kept::default() };
            }
        });
        let tell = move |fetched| {
            // Another data set may have been asked for since.
            if self.kept.try_with_value(|kept| kept.set) == Some(set) {
                tell(fetched);
            }
        };
        spawn_local(async move {
            tell(match self.fetch_all(set, &tell).await {
                Ok(()) => Fetched::Checked,
                Err(error) => Fetched::Failed(error),
            });
        });
    }

    async fn fetch_all(self, set: DatasetKind, tell: &dyn Fn(Fetched)) -> Result<(), DownloadError> {
        for (file, at) in files(set).iter().zip(0..) {
            let here = |kept: &Kept| {
                let present = files(set).iter().zip(&kept.packed).filter(|(_, packed)| packed.is_some());
                (
                    kept.packed.get(at).is_some_and(Option::is_some),
                    present.map(|(file, _)| file.compressed).sum::<u32>(),
                )
            };
            let Some((is_here, before)) = self.kept.try_with_value(here) else { return Ok(()) };
            if is_here {
                continue;
            }
            // A server that labels the file as gzip-encoded has it decompressed on the way: it is longer then.
            let unpacked = Cell::new(false);
            let progress = |received: u32, last: &Bytes| {
                if received == last.length() {
                    unpacked.set(is_unpacked(last));
                }
                tell(Fetched::Bytes(before + file.done(received, unpacked.get())));
            };
            let bytes = platform::download(&file.path(), file.size, progress).await;
            let bytes = bytes.map_err(|error| lost(file, unpacked.get(), error))?;
            self.update(set, |kept| put(&mut kept.packed, at, Some(bytes)));
        }
        tell(Fetched::All);
        for (file, at) in files(set).iter().zip(0..) {
            let packed = self.kept.try_with_value(|kept| kept.packed.get(at).cloned().flatten()).flatten();
            let Some(packed) = packed else { return Ok(()) };
            let checked = check(file, &packed).await;
            self.update(set, |kept| match &checked {
                Ok(bytes) => put(&mut kept.unpacked, at, Some(bytes.clone())),
                // What is damaged is downloaded again.
                Err(_) => put(&mut kept.packed, at, None),
            });
            checked?;
        }
        Ok(())
    }

    /// Changes what is kept, unless it is another data set's by now.
    fn update(self, set: DatasetKind, change: impl FnOnce(&mut Kept)) {
        self.kept.try_update_value(|kept| {
            if kept.set == set {
                change(kept);
            }
        });
    }

    /// Gives each file away, and `None` after the last.
    pub(crate) fn give(self, take: Take) {
        spawn_local(async move {
            for (part, at) in PARTS.into_iter().zip(0..) {
                let Some(bytes) = self.unpacked(at).await else { return };
                if !take(Some((part, bytes))) {
                    return;
                }
            }
            take(None);
        });
    }

    /// The decompressed bytes of file `at`; for a second worker they are decompressed again.
    async fn unpacked(self, at: usize) -> Option<Bytes> {
        let (set, unpacked, packed) = self.kept.try_update_value(|kept| {
            (kept.set, kept.unpacked.get_mut(at).and_then(Option::take), kept.packed.get(at).cloned().flatten())
        })?;
        match unpacked {
            Some(bytes) => Some(bytes),
            None => unpack(files(set).get(at)?, &packed?).await,
        }
    }
}

fn put(files: &mut [Option<Bytes>; COUNT], at: usize, bytes: Option<Bytes>) {
    if let Some(slot) = files.get_mut(at) {
        *slot = bytes;
    }
}

/// Whether bytes that a file begins with are its own: all begin with a zero, and gzip does not.
fn is_unpacked(bytes: &Bytes) -> bool {
    bytes.subarray(0, 1).to_vec() == [0]
}

fn lost(file: &File, unpacked: bool, error: FetchError) -> DownloadError {
    let (name, of) = (file.name, file.whole(unpacked));
    match error {
        FetchError::Status(status) => DownloadError::Status { name, status },
        FetchError::Lost(received) => DownloadError::Lost { name, received, of },
        FetchError::TooLong(received) => DownloadError::Damaged { name, received, of },
    }
}

/// The file's bytes, decompressed unless the browser has done that already.
async fn unpack(file: &File, packed: &Bytes) -> Option<Bytes> {
    if packed.length() == file.size {
        Some(packed.slice(0, file.size))
    } else {
        platform::gunzip(packed, file.size).await
    }
}

async fn check(file: &File, packed: &Bytes) -> Result<Bytes, DownloadError> {
    let of = file.whole(is_unpacked(packed));
    let damaged = || DownloadError::Damaged { name: file.name, received: packed.length(), of };
    let bytes = unpack(file, packed).await.ok_or_else(damaged)?;
    let found = platform::sha256(&bytes).await;
    if found == file.sha256 {
        Ok(bytes)
    } else {
        Err(DownloadError::Checksum { set: file.set, name: file.name, found, expected: file.sha256 })
    }
}
