import assert from "node:assert/strict";
import type { Protocol } from "../../tools/verify/model";
import { open } from "./support/browser";
import { apply, get, kubectl, NAMESPACE, PATIENCE } from "./support/cluster";
import { Authority, authorizationOf, type Pem, putCertificate } from "./support/guard";
import { assertIsolated, POLICIES } from "./support/isolation";
import { eventually } from "./support/questions";
import { sendFrom } from "./support/sender";
import { stackWith, tryPulumi, up } from "./support/stack";
import {
    CLASS,
    installGatewayApi,
    PORTS,
    provideTraefik,
    removeGatewayApi,
    startTraefik,
    stopTraefik,
    TRAEFIK_NAMESPACE,
} from "./support/traefik";
import { needsSandbox } from "./support/target";

needsSandbox("it brings Traefik, which the sandbox builds");

/** The controller hears of a new object in its own time. */
const HEARD_WITHIN_SECONDS = 120;
const JAEGER = "jaeger.example.com";
const PROMETHEUS = "prometheus.example.com";
const OTLP: Readonly<Record<Protocol, string>> = { http: "otlp.example.com", grpc: "otlp-grpc.example.com" };
const NAMES = [JAEGER, PROMETHEUS, ...Object.values(OTLP)];
const TLS_SECRET = "e2e-names-tls";

const PUBLISH = {
    className: CLASS,
    jaeger: { host: JAEGER, withoutAuthentication: true },
    prometheus: { host: PROMETHEUS, withoutAuthentication: true },
    otlp: { httpHost: OTLP.http, grpcHost: OTLP.grpc },
    tls: { secretName: TLS_SECRET },
    controller: { namespaces: [{ "kubernetes.io/metadata.name": TRAEFIK_NAMESPACE }] },
};
const COMMON = {
    "guard.enabled": true,
    "guard.grpc.enabled": true,
    ...POLICIES,
    "app.enabled": false,
    "telemetrygen.enabled": false,
};
const byGateway = stackWith("sandbox", {
    ...COMMON,
    publish: { ...PUBLISH, api: "gateway", gateway: { httpPort: PORTS.http, httpsPort: PORTS.https } },
});
const byIngress = stackWith("sandbox", {
    ...COMMON,
    publish: {
        ...PUBLISH,
        otlp: { ...PUBLISH.otlp, annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" } },
    },
});

/** Nobody answers there, or somebody who has nothing of the stack. */
async function assertNothing(url: string): Promise<void> {
    const [answer] = await Promise.allSettled([open(url)]);
    if (answer.status === "fulfilled") {
        assert.equal(answer.value.status, 404, url);
        assert.equal(answer.value.body.trim(), "404 page not found", url);
    }
}

/** Of this sandbox there is no Grafana: tests/publish.test.ts has its Ingress and its route. */
describe("what is published", () => {
    let certificate: Pem;

    before(async () => {
        await provideTraefik();
        certificate = await (await Authority.make("e2e-publish")).server(NAMES.map((name) => `DNS:${name}`));
        await putCertificate(certificate);
        await apply({
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/tls",
            metadata: { name: TLS_SECRET, namespace: NAMESPACE },
            stringData: { "tls.crt": certificate.cert, "tls.key": certificate.key },
        });
    });

    after(async () => {
        await up(stackWith("sandbox"));
        await stopTraefik();
        await removeGatewayApi();
        await kubectl("delete", "secret", "-n", NAMESPACE, "otel-collector-guarded-tls", TLS_SECRET);
    });

    it("by routes needs the Gateway API, and says so where the cluster has none", async () => {
        const preview = await tryPulumi(byGateway, ["preview"]);
        assert.match(preview.output, /the cluster has to know the kinds of the Gateway API/);
        const { ok, output } = await tryPulumi(byGateway, ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /no matches for kind "Gateway" in version "gateway\.networking\.k8s\.io\/v1"/);
    });

    describe("by routes of the Gateway API", () => {
        before(async () => {
            await installGatewayApi();
            await startTraefik();
            await up(byGateway);
        });

        leadsToTheStack("routes");

        it("serves nothing without TLS", async () => {
            for (const name of NAMES) {
                await assertNothing(`http://${name}/`);
            }
        });

        it("has a Gateway and routes that the controller has taken", async () => {
            const conditions = ["Accepted", "Programmed"].map((type) => `--for=condition=${type}`);
            for (const condition of conditions) {
                await kubectl("wait", "gateway/otel-stack", "-n", NAMESPACE, condition, PATIENCE);
            }
            for (const kind of ["httproutes", "tlsroutes"]) {
                const routes = await get<{
                    status: { parents: { conditions: { type: string; status: string }[] }[] };
                }>(`${kind}.gateway.networking.k8s.io`);
                assert.equal(routes.length, 2);
                for (const { status } of routes) {
                    const said = status.parents.flatMap((parent) => parent.conditions);
                    assert.ok(said.length > 0 && said.every((condition) => condition.status === "True"));
                }
            }
        });
    });

    describe("by Ingresses", () => {
        before(async () => {
            await up(byIngress);
            assert.deepEqual(await get("gateways.gateway.networking.k8s.io"), []);
        });

        leadsToTheStack("ingresses");

        it("goes to TLS who comes without", async () => {
            const page = await open(`http://${JAEGER}/`, certificate.ca);
            assert.equal(page.url, `https://${JAEGER}/`);
            assert.equal(page.status, 200);
        });
    });

    function leadsToTheStack(by: string): void {
        it("shows a browser Jaeger's page, and what it asks for then", async () => {
            await eventually(async () => {
                const page = await open(`https://${JAEGER}/`, certificate.ca);
                assert.equal(page.status, 200);
                assert.match(page.type, /^text\/html/);
                assert.match(page.body, /<html/i);
            }, HEARD_WITHIN_SECONDS);
            await services();
        });

        it("leads a browser to Prometheus' own page under its name, and answers what that asks", async () => {
            await eventually(async () => {
                const page = await open(`https://${PROMETHEUS}/`, certificate.ca);
                assert.equal(page.url, `https://${PROMETHEUS}/query`);
            }, HEARD_WITHIN_SECONDS);
            const { body } = await open(`https://${PROMETHEUS}/api/v1/query?query=vector(1)`, certificate.ca);
            assert.match(body, /"status":"success"/);
        });

        it("has nothing under another name, whoever's certificate it shows then", async () => {
            for (const scheme of ["https", "http"]) {
                for (const name of ["grafana.example.com", "victorialogs.example.com", `www.${JAEGER}`]) {
                    await assertNothing(`${scheme}://${name}/`);
                }
            }
        });

        for (const protocol of ["http", "grpc"] as const) {
            it(`takes OTLP by ${protocol} from who has the token, and it is stored`, async () => {
                const authorization = await authorizationOf(byGateway);
                const to = { protocol, host: OTLP[protocol] };
                const [stranger, sender] = [`e2e-${by}-${protocol}-stranger`, `e2e-${by}-${protocol}`];
                await sendFrom({ ...to, name: stranger, authorization: `${authorization}x` });
                await sendFrom({ ...to, name: sender, authorization });
                await eventually(async () => {
                    assert.ok((await services()).includes(sender));
                }, HEARD_WITHIN_SECONDS);
                // What came before it would be there by now.
                assert.ok(!(await services()).includes(stranger));
            });
        }

        it("leaves no port open but those of the stack's flows", async () => {
            await assertIsolated(by === "routes" ? byGateway : byIngress);
        });

        it("leaves it to the guarded listener to turn away who has no token", async () => {
            const page = await open(`https://${OTLP.http}/v1/traces`, certificate.ca);
            assert.equal(page.status, 401);
        });
    }

    /** Those of which Jaeger has traces, as its page asks for them. */
    async function services(): Promise<readonly string[]> {
        const { status, body } = await open(`https://${JAEGER}/api/services`, certificate.ca);
        assert.equal(status, 200);
        return (JSON.parse(body) as { readonly data: readonly string[] | null }).data ?? [];
    }
});
