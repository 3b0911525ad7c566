// The loader of the single executable, which carries its modules as assets. In the main thread the loader imports the
// program, in another thread the module of that thread (see startThread in packages/transport).
//
// Node runs a script of a single executable as CommonJS, where `import` finds only Node's own modules. A script that is
// compiled with USE_MAIN_CONTEXT_DEFAULT_LOADER has the usual `import`. The hooks add a folder to it that does not exist
// on the disk: its file NAME.js is the asset NAME.js. The modules of an application are imported from the disk as usual.
"use strict";
const { getAsset } = require("node:sea");
const { registerHooks } = require("node:module");
const { Script, constants } = require("node:vm");
const { isMainThread } = require("node:worker_threads");

const FOLDER = "file:///.tandem-executable/";

registerHooks({
  resolve(specifier, context, next) {
    const within = context.parentURL?.startsWith(FOLDER) && specifier.startsWith("./");
    const url = within ? new URL(specifier, FOLDER).href : specifier;
    if (!url.startsWith(FOLDER)) return next(specifier, context);
    return { url, format: "module", shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith(FOLDER)) return next(url, context);
    const source = getAsset(url.slice(FOLDER.length), "utf8");
    return { format: "module", source, shortCircuit: true };
  },
});

const load = new Script("(url) => import(url)", {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext();

load(isMainThread ? `${FOLDER}tandem.js` : process.argv[2]);
