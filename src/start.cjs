#!/usr/bin/env node
// In: the bundled command beside this file. Out: the same command running, compiled ahead by the build where that is of use.
'use strict';
const { readFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'netplan-ovs.cjs');

/** What V8 made of the bundle: of use to the same V8 alone, which looks for itself whether it is that. */
const codeCache = join(__dirname, `code-cache/${process.version}-${process.arch}`);

/** The bundle as Node would compile it. It is ASCII, and decoding it as UTF-8 would take ten times as long. */
function bundle(cachedData) {
  const source = readFileSync(filename, 'latin1').replace(/^#!/, '//');
  return new Script(wrap(source), { filename, cachedData });
}

/** Undefined where the build ran with another Node, or the file is not there: then V8 compiles. */
function compiledAhead() {
  try {
    return readFileSync(codeCache);
  } catch {
    return undefined;
  }
}

if (require.main === module) {
  bundle(compiledAhead()).runInThisContext()(exports, require, module, filename, __dirname);
} else {
  module.exports = { bundle, codeCache, compiledAhead }; // to the build, which makes the code cache
}
