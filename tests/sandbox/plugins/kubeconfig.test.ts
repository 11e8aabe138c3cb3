import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { warningsOf } from "../../../sandbox/plugins/kubernetes/client";
import { readConnection } from "../../../sandbox/plugins/kubernetes/kubeconfig";

const CONFIG = `
clusters:
  - name: one
    cluster: { server: "https://192.0.2.1:6443/", certificate-authority: ca.crt }
  - name: two
    cluster: { server: "https://192.0.2.2:6443", insecure-skip-tls-verify: true }
users:
  - name: cert
    user: { client-certificate-data: ${Buffer.from("CERT").toString("base64")}, client-key-data: ${Buffer.from("KEY").toString("base64")} }
  - name: token
    user: { token: abc }
  - name: exec
    user: { exec: { command: aws } }
contexts:
  - name: a
    context: { cluster: one, user: cert, namespace: home }
  - name: b
    context: { cluster: two, user: token }
  - name: c
    context: { cluster: two, user: exec }
current-context: a
`;

describe("readConnection", () => {
    let folder: string;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
        fs.writeFileSync(path.join(folder, "config"), CONFIG);
        fs.writeFileSync(path.join(folder, "ca.crt"), "CA");
    });

    after(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("takes the current context of $KUBECONFIG, files relative to it", () => {
        const connection = readConnection({}, { KUBECONFIG: path.join(folder, "config") });
        assert.equal(connection.server, "https://192.0.2.1:6443");
        assert.equal(connection.namespace, "home");
        const { ca, cert, key, rejectUnauthorized } = connection.tls;
        assert.deepEqual([ca, cert, key].map(String), ["CA", "CERT", "KEY"]);
        assert.ok(rejectUnauthorized);
    });

    it("goes by the provider's arguments first", () => {
        const connection = readConnection({ kubeconfig: CONFIG, context: "b", namespace: "mine" }, {});
        assert.equal(connection.server, "https://192.0.2.2:6443");
        assert.equal(connection.authorization, "Bearer abc");
        assert.equal(connection.namespace, "mine");
        assert.ok(!connection.tls.rejectUnauthorized);
    });

    it("says what is missing", () => {
        const read = (choice: Parameters<typeof readConnection>[0]) => () => readConnection(choice, {});
        assert.throws(read({ kubeconfig: CONFIG, context: "z" }), /no entry "z" among its contexts/);
        assert.throws(read({ kubeconfig: CONFIG, context: "c" }), /runs no credential plugin/);
        assert.throws(read({ kubeconfig: path.join(folder, "none") }), /no kubeconfig at/);
        assert.throws(read({ kubeconfig: "{}" }), /lists no clusters/);
    });
});

describe("warningsOf", () => {
    it("reads every warning of a header", () => {
        const header = '299 - "would violate PodSecurity \\"restricted:latest\\"", 299 - "spec.x is deprecated"';
        assert.deepEqual(warningsOf(header), ['would violate PodSecurity "restricted:latest"', "spec.x is deprecated"]);
        assert.deepEqual(warningsOf(undefined), []);
    });
});
