export default {
  // What has no language stays as it is: highlighting would guess.
  configureHljs: hljs => hljs.configure({ languages: [] }),
  // Ids by the clock are the same for pictures that are drawn in the same millisecond.
  mermaid: { deterministicIds: true },
}
