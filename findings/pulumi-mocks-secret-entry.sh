#!/usr/bin/env bash
# Under Pulumi's mocks one secret entry makes the whole map opaque, and one resource twice is taken, as the engine does neither.
#
# Guess:    a mock gets { open: "1", hidden: <secret> } or plain values; a second resource of the same type and name is
#           an error, as in pulumi up ("Duplicate resource URN").
# Seen:     the mock gets a wrapper around the whole map, so that inputs.data.open is undefined; the property of the resource
#           is secret as a whole. The second resource is made with the same URN, without an error.
# Versions: @pulumi/pulumi 3.276.0 (npm)
# Source:   sdk/nodejs/runtime: the Output of a map with a secret is one secret Output, which goes to the mocked monitor as such;
#           runtime/mocks.ts makes URNs of type and name, and keeps no list of them
# Matters:  a test that reads inputs in a mock passes or fails by whether a neighbour of what it reads is secret.
. "$(dirname "$0")/lib.sh"

install_npm @pulumi/pulumi@3.276.0 typescript@5.9.3

cat >mocks.cjs <<'JS'
const pulumi = require("@pulumi/pulumi");
const inputs = [];
pulumi.runtime.setMocks({
    newResource: (resource) => {
        inputs.push(resource.inputs.data);
        return { id: resource.name, state: resource.inputs };
    },
    call: (call) => call.inputs,
});
class Thing extends pulumi.CustomResource {
    constructor(name, args) {
        super("pkg:index:Thing", name, { data: undefined, ...args });
    }
}
async function main() {
    const first = new Thing("thing", { data: { open: "1", hidden: pulumi.secret("2") } });
    const second = new Thing("thing", { data: { open: "1" } });
    const urns = await Promise.all([first, second].map(({ urn }) => new Promise((resolve) => void urn.apply(resolve))));
    const withSecret = inputs.find((data) => data.open === undefined);
    console.log(`the mock's data.open: ${withSecret?.open}, data.value: ${JSON.stringify(withSecret?.value)}`);
    console.log(`the property is secret: ${await pulumi.isSecret(first.data)}`);
    console.log(`both URNs are the same: ${urns[0] === urns[1]}`);
}
main();
JS
node mocks.cjs >seen

expect seen <<'END'
the mock's data.open: undefined, data.value: {"hidden":"2","open":"1"}
the property is secret: true
both URNs are the same: true
END
