// Every page of the site: its address, its heading, its command, the part of the app that it is, and the parts of what
// stands on it and comes after it, such as benches.
export const PAGES = [
  { at: "#/", heading: "See every number a convolutional network computes", command: "Go to home", part: "home", after: ["demo", "convolution"] },
  { at: "#/lessons", heading: "Course", command: "Go to course", part: "lessons", after: ["contents"] },
  { at: "#/quiz", heading: "Quiz", command: "Go to quiz", part: "quiz" },
  { at: "#/convolution", heading: "Convolution", command: "Go to convolution", part: "convolution" },
  { at: "#/pooling", heading: "Pooling", command: "Go to pooling", part: "pooling" },
  { at: "#/channels", heading: "Channels", command: "Go to channels", part: "channels" },
  { at: "#/filters", heading: "Filters on pictures", command: "Go to filters on pictures", part: "filters" },
  { at: "#/backward", heading: "Backpropagation", command: "Go to backpropagation", part: "backward" },
  { at: "#/batch-norm", heading: "Batch normalisation", command: "Go to batch normalisation", part: "batch_norm" },
  { at: "#/highway", heading: "Highway gate", command: "Go to highway gate", part: "highway" },
  { at: "#/receptive-field", heading: "Receptive field", command: "Go to receptive field", part: "receptive_field" },
  { at: "#/why", heading: "Why convolution", command: "Go to why convolution", part: "why" },
  { at: "#/train", heading: "Train LeNet", command: "Go to training", part: "train" },
  { at: "#/depth", heading: "Depth", command: "Go to depth", part: "depth", after: ["ways"] },
  { at: "#/architectures", heading: "Architectures", command: "Go to architectures", part: "architectures" },
  { at: "#/lecture", heading: "Lecture", command: "Go to lecture", part: "lecture" },
  { at: "#/benches", heading: "Benches", command: "Go to benches", part: "benches", after: ["convolution", "pooling", "backward", "filters", "receptive_field"] },
  { at: "#/benchmark", heading: "Benchmark", command: "Go to benchmark", part: "benchmark" },
];

/** The pages that are one lab, by their addresses. */
export const LABS = PAGES.filter(page => !["home", "lessons", "quiz", "lecture", "train", "depth", "architectures", "benches", "benchmark"].includes(page.part)).map(page => page.at);
