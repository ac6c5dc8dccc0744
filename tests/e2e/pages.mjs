// Every page of the site: its address, its heading, its command, and the module it is in.
export const PAGES = [
  { at: "#/", heading: "See every number a convolutional network computes", command: "Go to home", module: "app" },
  { at: "#/convolution", heading: "Convolution", command: "Go to convolution", module: "app" },
  { at: "#/pooling", heading: "Pooling", command: "Go to pooling", module: "app" },
  { at: "#/channels", heading: "Channels", command: "Go to channels", module: "app" },
  { at: "#/filters", heading: "Filters on pictures", command: "Go to filters on pictures", module: "insight" },
  { at: "#/backward", heading: "Backpropagation", command: "Go to backpropagation", module: "insight" },
  { at: "#/receptive-field", heading: "Receptive field", command: "Go to receptive field", module: "insight" },
  { at: "#/why", heading: "Why convolution", command: "Go to why convolution", module: "insight" },
  { at: "#/train", heading: "Train LeNet", command: "Go to training", module: "training" },
  { at: "#/benchmark", heading: "Benchmark", command: "Go to benchmark", module: "training" },
];
