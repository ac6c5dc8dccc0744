//! The site map: a row a page. Header, home, `Go to` commands, links, titles, and the part of the app that a page is
//! follow from it, and every test over all pages does.

/// Where a page stands in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Behind the brand.
    Start,
    /// In the header's line, before the menu of labs.
    Course,
    /// In the menu of labs.
    Labs,
    /// In the menu of labs, below them.
    Networks,
    /// In the header's line, beside the labs.
    Train,
    /// In the header's line, last.
    Lecture,
    /// Not there: other pages lead to it.
    Aside,
}

/// What there is to know of a page.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name in the link.
    pub path: &'static str,
    /// Where it stands in the header.
    pub group: Group,
    /// What links to it say.
    pub name: &'static str,
    /// The command that goes there.
    pub command: &'static str,
    /// What the browser's tab says.
    pub title: &'static str,
    /// The query that a visitor begins with, who has no state there yet. The bare link keeps its defaults.
    pub begin: &'static str,
}

/// A way from the home page.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// What is there.
    pub words: &'static str,
    /// A picture of 44 × 44, SVG inside of its element.
    pub picture: &'static str,
}

/// Whether a row's page is a lab.
macro_rules! opens_a_lab {
    (lab $($of:tt)*) => {
        true
    };
    (view $($of:tt)*) => {
        false
    };
}

/// Makes [`Page`], its entries, and [`for_every_page`](crate::for_every_page) out of the rows.
macro_rules! site {
    (($d:tt) $($page:ident $path:literal, $group:ident, $name:literal, go $go:literal, $words:literal, $title:literal, $part:ident $opens:tt, begin $begin:literal, $way:expr;)*) => {
        /// Calls a macro with each page, the name of the part of the app that it is, and how it opens: `(view …)`, a
        /// component of the app, or `(lab …)`, a lab and what its bench has besides.
        #[macro_export]
        macro_rules! for_every_page {
            ($d rows:ident) => {
                $d rows! { $($page $part $opens;)* }
            };
        }

        /// The pages there are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Page {
            $(#[doc = concat!("`#/", $path, "`")] $page,)*
            /// Any other name.
            Unknown,
        }

        impl Page {
            /// All pages but the one of any other name, in the order of the course.
            pub const ALL: &[Self] = &[$(Self::$page),*];

            /// What there is to know of it; of an unknown one the home page's.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$page => const {
                        &Entry {
                            path: $path,
                            group: Group::$group,
                            name: $name,
                            command: concat!("Go to ", $go),
                            title: $title,
                            begin: $begin,
                        }
                    },)*
                    Self::Unknown => Self::Home.entry(),
                }
            }

            /// Words that its command may be searched by besides. Not among what each page loads.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$page => $words,)*
                    Self::Unknown => "",
                }
            }

            /// Whether it is one lab, which can stand on other pages too.
            pub fn is_lab(self) -> bool {
                match self {
                    $(Self::$page => opens_a_lab!$opens,)*
                    Self::Unknown => false,
                }
            }

            /// What the home page says of it; `None` for one that it does not lead to. Not among what each page loads.
            pub fn way(self) -> Option<Way> {
                match self {
                    $(Self::$page => $way,)*
                    Self::Unknown => None,
                }
            }
        }
    };
}

site! { ($)
    Home "", Start, "Home", go "home", "start receptive page", "Receptive · how convolutional networks compute", home (view home::Home), begin "", None;
    Lessons "lessons", Course, "Course", go "course", "open lessons learn student page", "Course · Receptive", lessons (view lessons::Lessons), begin "", Some(Way {
        words: "Twelve lessons from images as numbers to ResNet, each with a lab beside the text, a task and a question.",
        picture: "<path d=\"M0 2h16M0 9h16M0 16h12M0 26h16M0 33h16M0 40h9\" stroke=\"var(--edge)\" stroke-width=\"2.2\"/><path d=\"M22 2h22v40H22z\" fill=\"var(--cell-quiet)\"/><path d=\"M24 6h9v9h-9z\" fill=\"var(--lens)\"/><path d=\"M36 30h6v6h-6z\" fill=\"var(--ink)\"/>",
    });
    Quiz "quiz", Aside, "Quiz", go "quiz", "open questions exercise practice test sheet page", "Quiz · Receptive", quiz (view quiz::Quiz), begin "", Some(Way {
        words: "Questions without end in ten families; a wrong answer is told by the mistake that makes it.",
        picture: "<path d=\"M0 2h20v18H0zM24 2h20v18H24zM0 24h20v18H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M24 24h20v18H24z\" fill=\"var(--ink)\"/><path d=\"m28 33 4 4 8-9\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"2.4\"/>",
    });
    Convolution "convolution", Labs, "Convolution", go "convolution", "open lab kernel page", "Convolution lab · Receptive", convolution (lab ConvolutionLab Extras::NONE), begin "", Some(Way {
        words: "Type into the input and the kernel, set padding, stride and dilation, and step through every sum, forwards and back.",
        picture: "<path d=\"M0 0h8v8h-8zM9 0h8v8h-8zM18 0h8v8h-8zM27 0h8v8h-8zM36 0h8v8h-8zM0 9h8v8h-8zM36 9h8v8h-8zM0 18h8v8h-8zM36 18h8v8h-8zM0 27h8v8h-8zM36 27h8v8h-8zM0 36h8v8h-8zM9 36h8v8h-8zM18 36h8v8h-8zM27 36h8v8h-8zM36 36h8v8h-8z\" fill=\"var(--cell-quiet)\"/><path d=\"M9 9h8v8h-8zM18 9h8v8h-8zM27 9h8v8h-8zM9 18h8v8h-8zM18 18h8v8h-8zM27 18h8v8h-8zM9 27h8v8h-8zM18 27h8v8h-8zM27 27h8v8h-8z\" fill=\"var(--lens)\"/>",
    });
    Pooling "pooling", Labs, "Pooling", go "pooling", "open lab max average page", "Pooling lab · Receptive", pooling (lab PoolingLab Extras::NONE), begin "", Some(Way {
        words: "The largest of a window, or its mean; and what is left of a shift by one pixel.",
        picture: "<path d=\"M0 0h10v10h-10zM22 0h10v10h-10zM33 0h10v10h-10zM0 11h10v10h-10zM11 11h10v10h-10zM33 11h10v10h-10zM0 22h10v10h-10zM11 22h10v10h-10zM22 22h10v10h-10zM33 22h10v10h-10zM11 33h10v10h-10zM22 33h10v10h-10z\" fill=\"var(--cell-quiet)\"/><path d=\"M11 0h10v10h-10zM22 11h10v10h-10zM0 33h10v10h-10zM33 33h10v10h-10z\" fill=\"var(--lens)\"/>",
    });
    Channels "channels", Labs, "Channels", go "channels", "open lab filters groups depthwise rgb page", "Channels lab · Receptive", channels (lab ChannelsLab Extras::DIAGRAM), begin "", Some(Way {
        words: "Several channels and filters: a partial sum each, their sum, and how many parameters that takes.",
        picture: "<path d=\"M16 0h28v28h-28z\" fill=\"var(--cell-quiet)\"/><path d=\"M8 8h28v28H8z\" fill=\"var(--cell-quiet)\" stroke=\"var(--paper)\" stroke-width=\"2\"/><path d=\"M0 16h28v28H0z\" fill=\"var(--cell-quiet)\" stroke=\"var(--paper)\" stroke-width=\"2\"/><path d=\"M4 20h12v12H4z\" fill=\"var(--lens)\"/>",
    });
    Filters "filters", Labs, "Filters on pictures", go "filters on pictures", "open lab image photo camera webcam sobel gabor page", "Filters on pictures lab · Receptive", filters (lab FiltersLab filters::PICTURES), begin "", Some(Way {
        words: "Edges, blur and Gabor on photos, your own picture or the camera, with the sum behind each pixel.",
        picture: "<path d=\"M0 0h44v44H0z\" fill=\"var(--cell-quiet)\"/><circle cx=\"15\" cy=\"15\" r=\"7\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.5\"/><path d=\"M2 38 17 24l8 8 7-7 10 11\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.5\"/><path d=\"M25 18h12v12H25z\" fill=\"none\" stroke=\"var(--lens)\" stroke-width=\"3\"/>",
    });
    Backward "backward", Labs, "Backpropagation", go "backpropagation", "open lab backward gradient finite differences page", "Backpropagation lab · Receptive", backward (lab BackwardLab Extras::NONE), begin "", Some(Way {
        words: "How a gradient flows back through each window, checked by finite differences.",
        picture: "<path d=\"M0 0h28v28H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M0 9h18v18H0z\" fill=\"var(--lens)\" opacity=\".25\"/><path d=\"M18 9 34 31M0 27l34 13\" stroke=\"var(--lens)\" stroke-width=\"1.5\"/><path d=\"M0 9h18v18H0z\" fill=\"none\" stroke=\"var(--lens)\" stroke-width=\"2.5\"/><path d=\"M34 31h10v10H34z\" fill=\"var(--ink)\"/>",
    });
    BatchNorm "batch-norm", Labs, "Batch normalisation", go "batch normalisation", "open lab batchnorm bn mean variance gamma beta running page", "Batch normalisation lab · Receptive", batch_norm (lab BatchNormLab Extras::NONE), begin "", Some(Way {
        words: "A small batch, its mean and variance, γ and β; training against evaluation, and back.",
        picture: "<path d=\"M0 2h9v18H0zM12 10h9v10h-9zM23 0h9v20h-9zM35 6h9v14h-9z\" fill=\"var(--cell-quiet)\"/><path d=\"M0 22h44\" stroke=\"var(--edge)\" stroke-width=\"1.5\"/><path d=\"M0 26h9v7H0zM12 34h9v8h-9zM23 25h9v8h-9zM35 34h9v5h-9z\" fill=\"var(--lens)\"/><path d=\"M0 33.500h44\" stroke=\"var(--ink)\" stroke-width=\"1.500\"/>",
    });
    Highway "highway", Labs, "Highway gate", go "highway gate", "open lab highway residual skip carry transform depth page", "Highway gate lab · Receptive", highway (lab HighwayLab Extras::NONE), begin "", Some(Way {
        words: "A gate between a layer and its input, a residual layer beside it, and what flows past many.",
        picture: "<path d=\"M2 34C14 34 12 10 22 10S30 34 42 34\" stroke=\"var(--edge)\" stroke-width=\"5\" fill=\"none\"/><path d=\"M2 34h40\" stroke=\"var(--lens)\" stroke-width=\"5\"/><circle cx=\"22\" cy=\"34\" r=\"6\" fill=\"var(--ink)\"/><path d=\"M14 4h16v12H14z\" fill=\"var(--cell-quiet)\"/>",
    });
    ReceptiveField "receptive-field", Labs, "Receptive field", go "receptive field", "open lab stack layers page", "Receptive field lab · Receptive", receptive_field (lab ReceptiveFieldLab Extras::LAYERS), begin "", Some(Way {
        words: "Stack layers and see what one output sees in each of them, with the recursion written out.",
        picture: "<path d=\"M0 2h22v40H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M27 10h9v24h-9z\" fill=\"var(--cell-quiet)\"/><path d=\"M0 10h22v24H0z\" fill=\"var(--lens)\" opacity=\".25\"/><path d=\"M22 10 27 17M22 34l5-7M36 17l5 3M36 27l5-3\" stroke=\"var(--lens)\" stroke-width=\"1.5\"/><path d=\"M27 17h9v10h-9z\" fill=\"var(--lens)\" opacity=\".5\"/><path d=\"M40 20h4v4h-4z\" fill=\"var(--ink)\"/>",
    });
    Why "why", Labs, "Why convolution", go "why convolution", "open lab weights sharing equivariance dense page", "Why convolution lab · Receptive", why (lab WhyLab Extras::DIAGRAM), begin "step=12", Some(Way {
        words: "3.6 billion weights against 7,500: few connections, shared weights, and shifts that stay shifts.",
        picture: "<path d=\"M5 8 5 36M5 8 16 36M16 8 16 36M16 8 27 36M27 8 27 36M27 8 38 36\" stroke=\"var(--edge)\" stroke-width=\"1.2\"/><path d=\"M38 8 38 36M38 8 27 36\" stroke=\"var(--lens)\" stroke-width=\"2.4\"/><g fill=\"var(--ink)\"><circle cx=\"5\" cy=\"36\" r=\"4\"/><circle cx=\"16\" cy=\"36\" r=\"4\"/><circle cx=\"27\" cy=\"36\" r=\"4\"/><circle cx=\"38\" cy=\"36\" r=\"4\"/><circle cx=\"5\" cy=\"8\" r=\"4\"/><circle cx=\"16\" cy=\"8\" r=\"4\"/><circle cx=\"27\" cy=\"8\" r=\"4\"/><circle cx=\"38\" cy=\"8\" r=\"4\"/></g>",
    });
    Train "train", Train, "Train", go "training", "open lenet mnist learn page", "Train LeNet · Receptive", train (view train::Train), begin "recipe=fast", Some(Way {
        words: "61,706 parameters learn 60,000 handwritten digits in this tab, with every batch on the curve.",
        picture: "<path d=\"M1 1v42h42\" fill=\"none\" stroke=\"var(--edge)\" stroke-width=\"1.5\"/><path d=\"M4 5l2 9 2 1 1 9 2-2 2 6 2-1 2 5 2-3 2 4 3-2 2 4 3-3 2 3 3-1 3 2 4-1\" fill=\"none\" stroke=\"var(--edge)\" stroke-width=\"1.2\"/><path d=\"M4 5c3 14 6 24 14 28s16 5 23 5\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.4\"/>",
    });
    Depth "depth", Train, "Depth", go "depth", "open plain residual networks vanishing gradient skip connections batch norm fashion page", "Depth · Receptive", depth (view depth::Depth), begin "", Some(Way {
        words: "Plain and residual nets of 8 to 30 layers learn side by side in this tab, with the gradient of each layer.",
        picture: "<path d=\"M1 1v42h42\" fill=\"none\" stroke=\"var(--edge)\" stroke-width=\"1.5\"/><path d=\"M4 6c8 2 12 10 38 11\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.4\" stroke-dasharray=\"2 3\"/><path d=\"M4 6c5 16 10 26 38 28\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.4\"/>",
    });
    Architectures "architectures", Networks, "Architectures", go "architectures", "open networks lenet alexnet vgg resnet layers parameters count compare page", "Architectures · Receptive", architectures (view architectures::Architectures), begin "", Some(Way {
        words: "LeNet, AlexNet, VGG and ResNet, counted layer by layer; compare two, or change one.",
        picture: "<path d=\"M0 6h4v32H0zM7 12h7v20H7zM17 16h9v12h-9zM29 19h11v6H29z\" fill=\"var(--cell-quiet)\"/><path d=\"M17 16h9v12h-9z\" fill=\"var(--lens)\"/><path d=\"M10.500 9V3h24v13\" stroke=\"var(--edge)\" stroke-width=\"1.5\" fill=\"none\"/><path d=\"M42 12h2v20h-2z\" fill=\"var(--ink)\"/>",
    });
    Lecture "lecture", Lecture, "Lecture", go "lecture", "open scenes slides teach present instructor page", "Lecture · Receptive", lecture (view lecture::Lecture), begin "=cnn", Some(Way {
        words: "The whole lecture as scenes for a projector: live labs, numbers to predict and reveal, a clicker's keys.",
        picture: "<path d=\"M0 4h44v28H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M5 10h12v12H5z\" fill=\"var(--lens)\"/><path d=\"M17 10 31 16M17 22l14-2\" stroke=\"var(--lens)\" stroke-width=\"1.5\"/><path d=\"M31 15h6v6h-6z\" fill=\"var(--ink)\"/><path d=\"M22 32v10M12 42h20\" stroke=\"var(--edge)\" stroke-width=\"2\"/>",
    });
    Benches "benches", Aside, "Benches", go "benches", "developers several labs page", "Benches · Receptive", benches (view benches::Benches), begin "", None;
    Benchmark "benchmark", Aside, "Benchmark", go "benchmark", "open speed measure page", "Benchmark · Receptive", benchmark (view benchmark::Benchmark), begin "", None;
}

impl Page {
    /// The name in the link.
    pub fn path(self) -> &'static str {
        self.entry().path
    }

    /// Whether its links name a place on it, `#/lessons/padding`: the field [`PLACE`](crate::link::PLACE).
    pub fn has_places(self) -> bool {
        matches!(self, Self::Lessons | Self::Quiz | Self::Lecture)
    }

    /// The page of that name in a link.
    pub(crate) fn from_name(name: &str) -> Self {
        Self::ALL.iter().copied().find(|page| page.path() == name).unwrap_or(Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pages_are_told_by_the_same_words() {
        let all = Page::ALL.iter().map(|page| page.entry());
        let of = |word: fn(&Entry) -> &'static str| {
            let mut words: Vec<&str> = all.clone().map(word).collect();
            words.sort_unstable();
            words.dedup();
            words.len()
        };
        for word in [of(|entry| entry.path), of(|entry| entry.name), of(|entry| entry.command), of(|entry| entry.title)]
        {
            assert_eq!(word, Page::ALL.len());
        }
    }

    #[test]
    fn the_path_leads_to_its_page() {
        for &page in Page::ALL {
            assert_eq!(Page::from_name(page.path()), page);
        }
        assert_eq!(Page::from_name("nowhere"), Page::Unknown);
    }
}
