// Node.js loads this file before Pulumi and the program; see `nodeargs` in Pulumi.yaml. It replaces ts-node, which is
// Pulumi's default and slower, and keeps compiled code between runs.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

// Node.js stores the compiled code of all modules here, Pulumi's included. Its default is a shared temporary folder.
Module.enableCompileCache(path.resolve(__dirname, "../../node_modules/.cache/otel-stack"));

let swc;

require.extensions[".ts"] = (module, file) => {
    swc ??= loadSwc();
    const { code } = swc.transformSync(fs.readFileSync(file, "utf8"), {
        filename: file,
        configFile: false,
        swcrc: false,
        sourceMaps: "inline",
        // As in tsconfig.json.
        jsc: { target: "es2022", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
    });
    module._compile(code, file);
};

function loadSwc() {
    // Pulumi creates a stack trace for each resource and promise. Its own source map support is slow and maps the
    // frames of all packages; that of Node.js maps only those of the program.
    Error.prepareStackTrace = undefined;
    Module.setSourceMapsSupport(true, { nodeModules: false });
    return require("@swc/core");
}
