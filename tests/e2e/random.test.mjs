// A random user: a thousand acts over all pages. `node tests/random-user.mjs` has more of them.
import { journey } from "./harness.mjs";
import { level, prepare, wander } from "./person.mjs";

journey("a thousand random acts break nothing", { at: null, timeout: 600_000 }, async ({ page, context, base, complaints }) => {
  await prepare(context);
  level(await wander(page, { base, seed: 7, acts: 1000, every: 100, complaints }));
});
