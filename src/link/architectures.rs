//! `#/architectures`: two networks and the layer that is looked at.

use super::{Fields, LinkField, Warning, read_new, write};
use crate::{
    lab::architectures::{ArchitecturesLab, Net, read_input},
    model::{Zoo, read_layers, write_layers},
};

/// The networks' names in a link.
const NETS: [(&str, Zoo); 9] = [
    ("lenet", Zoo::LeNet),
    ("lenet5", Zoo::LeNet5),
    ("alexnet", Zoo::AlexNet),
    ("alexnet-torchvision", Zoo::AlexNetTorchvision),
    ("vgg16", Zoo::Vgg16),
    ("plain34", Zoo::Plain34),
    ("resnet18", Zoo::ResNet18),
    ("resnet34a", Zoo::ResNet34A),
    ("resnet34b", Zoo::ResNet34B),
];

fn name(zoo: Zoo) -> Option<String> {
    NETS.iter().find(|(_, known)| *known == zoo).map(|(name, _)| (*name).to_owned())
}

/// The network of that name in a link.
pub fn zoo(name: &str) -> Option<Zoo> {
    NETS.iter().find(|(known, _)| *known == name).map(|(_, zoo)| *zoo)
}

const TABLE: &[LinkField<ArchitecturesLab>] = &[
    LinkField {
        name: "net",
        form: "lenet, lenet5, alexnet, alexnet-torchvision, vgg16, plain34, resnet18, resnet34a, resnet34b or own",
        write: |lab| match lab.net {
            _ if lab.net == ArchitecturesLab::default().net => None,
            Net::Known(zoo) => name(zoo),
            Net::Own { .. } => Some("own".to_owned()),
        },
        read: |lab, value| {
            // Its input and layers are fields of their own, before or behind this one.
            if value != "own" {
                lab.net = Net::Known(zoo(value)?);
            }
            Some(())
        },
    },
    LinkField {
        name: "in",
        form: "channels, rows and columns of the input, such as 3,224,224",
        write: |lab| match lab.net {
            Net::Own { input: (channels, height, width), .. } => Some(format!("{channels},{height},{width}")),
            Net::Known(_) => None,
        },
        read: |lab, value| {
            let input = read_input(value)?;
            lab.net = Net::Own { input, layers: lab.net.architecture().layers };
            Some(())
        },
    },
    LinkField {
        name: "layers",
        form: "layers with ; between, such as c6k5p2;relu;m2;f;l10",
        write: |lab| match &lab.net {
            Net::Own { layers, .. } => Some(write_layers(layers)),
            Net::Known(_) => None,
        },
        read: |lab, value| {
            let layers = read_layers(value).ok()?;
            lab.net = Net::Own { input: lab.net.architecture().input.as_maps(), layers };
            Some(())
        },
    },
    LinkField {
        name: "beside",
        form: "a network's name, or none",
        write: |lab| match lab.beside {
            beside if beside == ArchitecturesLab::default().beside => None,
            Some(zoo) => name(zoo),
            None => Some("none".to_owned()),
        },
        read: |lab, value| {
            lab.beside = if value == "none" { None } else { Some(zoo(value)?) };
            Some(())
        },
    },
    LinkField {
        name: "layer",
        form: "a layer's number, from 1",
        write: |lab| lab.layer.map(|layer| (layer + 1).to_string()),
        read: |lab, value| {
            let number = value.parse::<u32>().ok()?.checked_sub(1)?;
            lab.layer = Some(usize::try_from(number).ok()?);
            Some(())
        },
    },
];

/// The fields of a state.
pub fn encode(lab: &ArchitecturesLab) -> Fields {
    write(TABLE, lab)
}

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ArchitecturesLab, Vec<Warning>) {
    let (mut lab, warnings) = read_new(TABLE, fields);
    lab.settle();
    (lab, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(query: &str) -> (ArchitecturesLab, Vec<Warning>) {
        let fields = query.split('&').filter_map(|field| field.split_once('='));
        decode(&fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn written(lab: &ArchitecturesLab) -> String {
        encode(lab).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(NETS.map(|(_, zoo)| zoo).iter().filter(|zoo| Zoo::ALL.contains(zoo)).count(), Zoo::ALL.len());
        for query in [
            "",
            "net=lenet&beside=resnet34b",
            "net=resnet34a&beside=none&layer=3",
            "net=own&in=3,32,32&layers=c16k3p1;[c16k3p1;relu;c16k3p1];gap;f;l10&beside=vgg16",
            "net=own&in=1,28,28&layers=c5;c3&layer=9",
        ] {
            let (lab, warnings) = opened(query);
            assert_eq!((written(&lab).as_str(), warnings.len()), (query, 0));
        }
    }

    #[test]
    fn own_layers_that_are_a_known_network_are_that() {
        let (lab, _) = opened("net=own&in=1,28,28&layers=c6k5p2;relu;m2;c16k5;relu;m2;f;l120;relu;l84;relu;l10");
        assert_eq!(lab.net, Net::Known(Zoo::LeNet));
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        for query in [
            "net=lenet6",
            "in=0,1,1",
            "in=1,28",
            "layers=c5;x",
            "layers=",
            "beside=own",
            "layer=0",
            "layer=-1",
            "in=1,99999,2",
        ] {
            let (lab, warnings) = opened(query);
            assert_eq!((lab, warnings.len()), (ArchitecturesLab::default(), 1), "{query}");
        }
        // Every name is told to who writes another.
        let form = TABLE[0].form;
        assert!(NETS.iter().all(|(name, _)| form.contains(name)), "{form}");
    }
}
