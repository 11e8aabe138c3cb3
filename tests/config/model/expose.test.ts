import assert from "node:assert/strict";
import { loadSettings } from "../../../config/load";
import { startMocks } from "../../../tools/render/program";

const GRAFANA = { host: "grafana.example.com" };
const SECRET = { secretName: "names-tls" };
const SECURE_OTLP = { enabled: true, grpc: { enabled: true } };

describe("exposure prerequisites", () => {
    async function said(settings: Readonly<Record<string, unknown>>): Promise<string> {
        const lines: string[] = [];
        const { log } = console;
        console.log = (line: string) => lines.push(line);
        try {
            await startMocks(settings, [], "test", true);
            loadSettings();
        } finally {
            console.log = log;
        }
        return lines.join("\n");
    }

    it("log the certificate Secret during preview", async () => {
        assert.match(
            await said({ expose: { grafana: GRAFANA, tls: SECRET } }),
            /create Secret names-tls \(tls\.crt, tls\.key\) for grafana\.example\.com in Namespace playground-otel\./,
        );
    });

    it("exclude passthrough hosts from the certificate's hostnames", async () => {
        const expose = { api: "gateway", className: "any", grafana: GRAFANA, tls: SECRET };
        const otlp = { httpHost: "otlp.example.com" };
        assert.match(
            await said({ secureOtlp: SECURE_OTLP, expose: { ...expose, otlp } }),
            /for grafana\.example\.com in Namespace/,
        );
    });

    it("log the Gateway API during preview, and no Secret of an existing Gateway", async () => {
        const text = await said({ expose: { grafana: GRAFANA, api: "gateway", gateway: { name: "edge" } } });
        assert.match(text, /CRDs of the Gateway API/);
        assert.doesNotMatch(text, /Secret/);
    });
});
