//! The files of each data set as this site serves them, and how a download of them fares.

use thiserror::Error;

use crate::{
    data::DatasetKind,
    num::{decimal::fixed, format},
};

/// A gzip-compressed IDX file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// The data set that it belongs to.
    pub set: DatasetKind,
    /// Its name in the folder of the data set.
    pub name: &'static str,
    /// Bytes to download.
    pub compressed: u32,
    /// Bytes after decompression.
    pub size: u32,
    /// SHA-256 of the decompressed bytes, in hexadecimal.
    pub sha256: &'static str,
}

/// The files of a data set: training images, training labels, test images, test labels.
pub fn files(set: DatasetKind) -> &'static [File; 4] {
    match set {
        DatasetKind::Mnist => &MNIST,
        DatasetKind::Fashion => &FASHION,
    }
}

/// What a data set is called.
pub fn name_of(set: DatasetKind) -> &'static str {
    match set {
        DatasetKind::Mnist => "MNIST",
        DatasetKind::Fashion => "Fashion-MNIST",
    }
}

const MNIST: [File; 4] = [
    File {
        set: DatasetKind::Mnist,
        name: "train-images-idx3-ubyte.gz",
        compressed: 9_719_438,
        size: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    File {
        set: DatasetKind::Mnist,
        name: "train-labels-idx1-ubyte.gz",
        compressed: 28_857,
        size: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    File {
        set: DatasetKind::Mnist,
        name: "t10k-images-idx3-ubyte.gz",
        compressed: 1_616_508,
        size: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    File {
        set: DatasetKind::Mnist,
        name: "t10k-labels-idx1-ubyte.gz",
        compressed: 4_517,
        size: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
];

/// The first 10,000 training images, and the test images.
const FASHION: [File; 4] = [
    File {
        set: DatasetKind::Fashion,
        name: "train-10k-images-idx3-ubyte.gz",
        compressed: 4_349_247,
        size: 7_840_016,
        sha256: "ed2e37ed5a3a57d212141a69fe0a0de5a7126ffba14ac3f7e76f5f52cc04b1f0",
    },
    File {
        set: DatasetKind::Fashion,
        name: "train-10k-labels-idx1-ubyte.gz",
        compressed: 5_112,
        size: 10_008,
        sha256: "a69f2dad024ca220a8c4d85f621fdf929042d40c444abde2868903e9220ad517",
    },
    File {
        set: DatasetKind::Fashion,
        name: "t10k-images-idx3-ubyte.gz",
        compressed: 4_385_785,
        size: 7_840_016,
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    },
    File {
        set: DatasetKind::Fashion,
        name: "t10k-labels-idx1-ubyte.gz",
        compressed: 5_125,
        size: 10_008,
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
];

impl File {
    /// Where it is on the site.
    pub fn path(&self) -> String {
        let folder = match self.set {
            DatasetKind::Mnist => "mnist",
            DatasetKind::Fashion => "fashion-mnist",
        };
        ["assets/data/", folder, "/", self.name].concat()
    }

    /// How many bytes are to come: a server that labels the file as gzip-encoded has it `unpacked` on the way.
    pub fn whole(&self, unpacked: bool) -> u32 {
        if unpacked { self.size } else { self.compressed }
    }

    /// How much of the download `received` bytes are, as compressed ones: never more than all of them.
    pub fn done(&self, received: u32, unpacked: bool) -> u32 {
        let share = u64::from(received) * u64::from(self.compressed) / u64::from(self.whole(unpacked).max(1));
        u32::try_from(share).unwrap_or(u32::MAX).min(self.compressed)
    }
}

/// Bytes of all four files of a data set.
pub fn download_size(set: DatasetKind) -> u32 {
    files(set).iter().map(|file| file.compressed).sum()
}

/// Where the files are on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Files {
    /// Not asked for, or given up.
    #[default]
    Absent,
    /// On their way.
    Loading {
        /// Bytes that came.
        received: u32,
    },
    /// All bytes came; they are decompressed and compared with their checksums.
    Checking,
    /// Here and checked.
    Ready,
}

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DownloadError {
    /// No answer, or none till the end.
    #[error("{name} stopped after {} of {}: the connection was lost.", megabytes(*received), megabytes(*of))]
    Lost {
        /// The file.
        name: &'static str,
        /// Bytes of it that came.
        received: u32,
        /// Of how many.
        of: u32,
    },
    /// An answer that is no file.
    #[error("The server answered {status} for {name}.")]
    Status {
        /// The file.
        name: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// Bytes that gzip can't read, or too many.
    #[error("{name} is damaged: {} came, {} were expected.", bytes(*received), bytes(*of))]
    Damaged {
        /// The file.
        name: &'static str,
        /// Bytes of it that came.
        received: u32,
        /// Of how many.
        of: u32,
    },
    /// Not the bytes that the data set has.
    #[error("{name} is not {}'s: its SHA-256 begins with {}, not with {}.", name_of(*set), head(found), head(expected))]
    Checksum {
        /// The data set.
        set: DatasetKind,
        /// The file.
        name: &'static str,
        /// The checksum of what came, in hexadecimal.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// `9.7 MB`; small files in kB.
pub fn megabytes(count: u32) -> String {
    if count >= 100_000 || count == 0 {
        fixed(f64::from(count) / 1e6, 1) + " MB"
    } else {
        fixed(f64::from(count) / 1e3, 1) + " kB"
    }
}

fn bytes(count: u32) -> String {
    format!("{} bytes", format::count(u64::from(count)))
}

fn head(checksum: &str) -> &str {
    checksum.get(..8).unwrap_or(checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_carry_their_numbers() {
        let check = |error: DownloadError, expect: &str| assert_eq!(error.to_string(), expect);
        let [images, labels, ..] = MNIST;
        check(
            DownloadError::Lost { name: images.name, received: 3_212_000, of: images.compressed },
            "train-images-idx3-ubyte.gz stopped after 3.2 MB of 9.7 MB: the connection was lost.",
        );
        check(
            DownloadError::Status { name: labels.name, status: 404 },
            "The server answered 404 for train-labels-idx1-ubyte.gz.",
        );
        check(
            DownloadError::Damaged { name: labels.name, received: 10, of: labels.compressed },
            "train-labels-idx1-ubyte.gz is damaged: 10 bytes came, 28,857 bytes were expected.",
        );
        check(
            DownloadError::Checksum {
                set: labels.set,
                name: labels.name,
                found: "00".repeat(32),
                expected: labels.sha256,
            },
            "train-labels-idx1-ubyte.gz is not MNIST's: its SHA-256 begins with 00000000, not with 65a50cbb.",
        );
    }

    #[test]
    fn what_is_done_is_never_more_than_the_whole() {
        let [images, labels, ..] = MNIST;
        let half = images.compressed / 2;
        assert_eq!((images.done(half, false), images.done(images.size / 2, true)), (half, half));
        for (file, unpacked) in MNIST.iter().chain(&FASHION).flat_map(|file| [(file, false), (file, true)]) {
            let whole = file.whole(unpacked);
            assert_eq!((file.done(0, unpacked), file.done(whole, unpacked)), (0, file.compressed), "{}", file.name);
            assert_eq!(file.done(u32::MAX, unpacked), file.compressed, "more than was said to come");
        }
        assert!(labels.done(100, true) < 100);
    }

    #[test]
    fn downloads_are_as_large_as_they_are_said_to_be() {
        assert_eq!(megabytes(download_size(DatasetKind::Mnist)), "11.4 MB");
        assert_eq!(megabytes(download_size(DatasetKind::Fashion)), "8.7 MB");
    }
}
