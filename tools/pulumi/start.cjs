// Node.js loads this file before Pulumi and the program; see `nodeargs` in Pulumi.yaml. It replaces ts-node, which is
// Pulumi's default and slower, and keeps compiled code between runs.
const { hash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const CACHE = path.resolve(__dirname, "../../node_modules/.cache/otel-stack");
const TRANSPILED = path.join(CACHE, "transpiled");

const SWC_OPTIONS = {
    configFile: false,
    swcrc: false,
    sourceMaps: "inline",
    // Stack traces read the sources themselves.
    inlineSourcesContent: false,
    // As in tsconfig.json.
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
};

// Node.js stores the compiled code of all modules here, Pulumi's included. Its default is a shared temporary folder.
Module.enableCompileCache(CACHE);

/** Version and options of swc. Undefined before the first file. */
let compiler;

require.extensions[".ts"] = (module, file) => {
    compiler ??= createCompiler();
    module._compile(transpile(fs.readFileSync(file, "utf8"), file), file);
};

/** Pulumi has replaced Node.js' stack traces by the time that the program's first file is loaded. */
function createCompiler() {
    // Pulumi creates a stack trace for each resource and promise. Its own source map support is slow and maps the
    // frames of all packages; that of Node.js maps only those of the program.
    Error.prepareStackTrace = undefined;
    Module.setSourceMapsSupport(true, { nodeModules: false });
    return JSON.stringify([require("@swc/core/package.json").version, SWC_OPTIONS]);
}

/** Transpiles a file, or reads the result of an earlier run. Then swc, a large library, is not even loaded. */
function transpile(source, file) {
    // A file has one cached result, so that the cache does not grow with each edit. The mark at its end says of which
    // source and compiler it is.
    const cached = path.join(TRANSPILED, `${hash("sha256", file)}.js`);
    const mark = `\n// ${hash("sha256", `${compiler}\n${source}`)}\n`;
    const earlier = readIfExists(cached);
    if (earlier?.endsWith(mark)) {
        return earlier;
    }
    const { code } = require("@swc/core").transformSync(source, { ...SWC_OPTIONS, filename: file });
    const result = `${code}${mark}`;
    writeWhole(cached, result);
    return result;
}

function readIfExists(file) {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

/** Another update that runs at the same time never reads half a file. Without permission to write there is no cache. */
function writeWhole(file, text) {
    const temporary = `${file}.${process.pid}`;
    try {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(temporary, text);
        fs.renameSync(temporary, file);
    } catch {
        // The next run transpiles the file again.
    }
}
