import assert from "node:assert/strict";
import { renderStackChart } from "../../../tools/helm/chart";
import type { Settings } from "../../../tools/render/program";

describe("Helm chart NOTES.txt: Secrets", () => {
    const expose = {
        className: "any",
        grafana: { host: "grafana.example.com" },
        otlp: { httpHost: "otlp.example.com" },
        tls: { secretName: "names-tls" },
    };
    const notes = async (settings: Settings): Promise<string> =>
        (await renderStackChart("dev", { secureOtlp: { enabled: true }, ...settings }, "1.2.3")).files[
            "templates/NOTES.txt"
        ] ?? "";
    const PODS = "Create these Secrets (keys in parentheses). Pods do not start without them:";
    const EXPOSED = "Create these Secrets (keys in parentheses). The exposed hosts serve their certificates:";

    for (const [api, more] of [
        [
            "ingress",
            { otlp: { ...expose.otlp, annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" } } },
        ],
        ["gateway", {}],
    ] as const) {
        it(`lists certificates of exposed hosts separately from Secrets that pods wait for (${api})`, async () => {
            const text = await notes({ expose: { ...expose, ...more, api } });
            const secret = "  {{ .Values.secrets.otelCollectorSecureTls }} (tls.crt, tls.key)\n";
            assert.ok(text.includes(`${EXPOSED}\n\n  {{ .Values.secrets.namesTls }} (tls.crt, tls.key)\n\n`), text);
            assert.equal(text.split("namesTls").length, 2);
            assert.ok(text.slice(text.indexOf(PODS), text.indexOf(EXPOSED)).includes(secret), text);
            assert.match(
                text,
                /^ {2}https:\/\/grafana\.example\.com +grafana\n {2}https:\/\/otlp\.example\.com +otlpHttp$/m,
            );
        });
    }

    it("lists a Secret that is needed for both as one that pods wait for", async () => {
        const tls = { secretName: "names-tls" };
        const text = await notes({ secureOtlp: { enabled: true, tls }, expose: { grafana: expose.grafana, tls } });
        assert.ok(text.startsWith(PODS) && !text.includes(EXPOSED), text);
        assert.match(text, /namesTls }} \(tls\.crt, tls\.key\)$/m);
    });

    it("mentions no exposed hosts when there are none", async () => {
        assert.doesNotMatch(await notes({}), /exposed|External URLs|certificates/);
    });
});
