#!/usr/bin/env bash
# An assertion that fails within Output.apply does not fail a Mocha test: the test passes, and the run exits with 0.
#
# Guess:    the error is an unhandled rejection, which ends Node.js with status 1, and Mocha reports it.
# Seen:     node alone ends with 1. Under Mocha the same lines pass with status 0, with mocks as Pulumi's guide has them.
# Versions: @pulumi/pulumi 3.276.0, mocha 12.0.3 (npm), Node.js 20.20.2
# Source:   Pulumi runs apply by promises of its own, which nobody awaits. mocha, lib/runner.js: the listener for unhandled
#           rejections hands those that are not Mocha's to other listeners, and there are none.
# Matters:  a unit test of a Pulumi program must return the promise of what it asserts. Those of this stack assert outside apply.
. "$(dirname "$0")/lib.sh"

install_npm @pulumi/pulumi@3.276.0 typescript@5.9.3 mocha@12.0.3

cat >program.cjs <<'JS'
const assert = require("node:assert/strict");
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
class Thing extends pulumi.CustomResource {
    constructor(name) {
        super("pkg:index:Thing", name, { size: 1 });
    }
}
module.exports = () => void new Thing("thing").id.apply((id) => assert.equal(id, "another"));
if (require.main === module) module.exports();
JS
cat >program.test.cjs <<'JS'
it("has the id", require("./program.cjs"));
it("is followed by a test that takes a while", (done) => void setTimeout(done, 500));
JS
status() {
    local seen=0
    "$@" >output 2>&1 || seen=$?
    echo "$seen"
}
{
    echo "node: status $(status node program.cjs)"
    echo "mocha: status $(status node_modules/.bin/mocha program.test.cjs)"
    grep -oE '[0-9]+ (passing|failing)' output
} >seen

expect seen <<'END'
node: status 1
mocha: status 0
2 passing
END
