// Pulumi calls the exported function when it starts this repository as a plugin; see PulumiPlugin.yaml. Pulumi compiles
// TypeScript with ts-node and checks all types first. This loader does neither, for a faster start.
require("../tools/pulumi/start.cjs");

module.exports = () => require("./provider").startProvider(process.argv.slice(2));
