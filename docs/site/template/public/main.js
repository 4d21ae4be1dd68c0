// What has no language stays as it is: highlighting would guess.
export default { configureHljs: hljs => hljs.configure({ languages: [] }) }
