import assert from "node:assert/strict";
import { parseForwardedUrl } from "../../../tools/stack/kubectl-port-forward";

describe("parseForwardedUrl", () => {
    it("returns the address that kubectl chose", () => {
        assert.equal(parseForwardedUrl("Forwarding from 127.0.0.1:40123 -> 16686"), "http://127.0.0.1:40123");
        assert.equal(parseForwardedUrl("Forwarding from [::1]:40123 -> 16686"), "http://[::1]:40123");
        assert.equal(parseForwardedUrl("Handling connection for 40123"), undefined);
    });
});
