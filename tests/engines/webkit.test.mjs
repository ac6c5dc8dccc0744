// The journeys of every engine in WebKitGTK. `cargo xtask test webkit` runs them; docs/browsers.md has the last result.
import { engine } from "./harness.mjs";
import { journeys } from "./journeys.mjs";
import { launch } from "./webkit.mjs";

journeys(engine(launch));
