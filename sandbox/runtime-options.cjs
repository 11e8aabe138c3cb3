// Applies the runtime options of Pulumi.yaml that start-up depends on. The sandbox's Node.js host is the newest that
// exists as a Go module; it is from 2023 and ignores them. Later hosts apply them without this file.
const fs = require("node:fs");
const path = require("node:path");

// Only the process that runs a program has the variable.
if (process.env.PULUMI_NODEJS_TYPESCRIPT !== undefined) {
    const project = fs.readFileSync("Pulumi.yaml", "utf8");
    if (/^\s*typescript: false$/m.test(project)) {
        delete process.env.PULUMI_NODEJS_TYPESCRIPT;
    }
    const [, file] = /^\s*nodeargs: --require (\S+)$/m.exec(project) ?? [];
    if (file !== undefined) {
        require(path.resolve(file));
    }
}
