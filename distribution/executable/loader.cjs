// The loader of the single executable, which carries its modules as assets: CommonJS, with the code that V8 made of each
// when the executable was built. In the main thread the loader runs the program, in another thread the module of that
// thread (see startThread in packages/transport).
//
// Node's own loader would parse the modules at every start. V8 takes finished code only with the flags that it was made
// with; with others it parses the text. The modules of an application are imported from the disk as usual.
"use strict";
const { getAsset, getRawAsset } = require("node:sea");
const { Script, constants } = require("node:vm");
const { debuglog } = require("node:util");
const { isMainThread } = require("node:worker_threads");

/** The folder that the modules seem to be in. It does not exist. */
const FOLDER = "/.tandem-executable";

/** With NODE_DEBUG=tandem-loader in the environment, says of each module whether V8 took its code. */
const debug = debuglog("tandem-loader");

/** The modules that have been started, by name. */
const modules = new Map();

function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const filename = `${FOLDER}/${name}`;
  const script = new Script(getAsset(name, "utf8"), {
    filename,
    cachedData: new Uint8Array(getRawAsset(`${name}.code`)),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  debug("%s: %s", name, script.cachedDataRejected ? "parsed again" : "code taken");
  // The text is a function, see distribution/build/precompile.ts.
  script.runInThisContext()(module.exports, requireFrom, module, filename, FOLDER);
  return module.exports;
}

function requireFrom(specifier) {
  return specifier.startsWith("./") ? load(specifier.slice(2)) : require(specifier);
}

load(isMainThread ? "tandem.js" : process.argv[2].slice(process.argv[2].lastIndexOf("/") + 1));
