import assert from "node:assert/strict";
import type { Protocol } from "../../tools/verify/types";
import { fetchPage } from "./support/http-page";
import { apply, listObjects, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { TestAuthority, getAuthorization, type Pem, putCertificateSecret } from "./support/secure-otlp";
import { assertIsolated, NETWORK_POLICIES_ON } from "./support/isolation";
import { eventually } from "./support/query-assertions";
import { runSenderPod } from "./support/tls-sender-pod";
import { assertVerified, configureStack, tryPulumi, pulumiUp } from "./support/stack";
import {
    CONTROLLER_CLASS,
    installGatewayApi,
    LISTENER_PORTS,
    loadTraefikImage,
    removeGatewayApi,
    startTraefik,
    stopTraefik,
    TRAEFIK_NAMESPACE,
} from "./support/traefik";
import { needsSandbox } from "./support/target";

needsSandbox("it brings Traefik, which the sandbox builds");

/** The controller handles a new object with a delay. */
const CONTROLLER_TIMEOUT_SECONDS = 120;
const JAEGER_HOST = "jaeger.example.com";
const PROMETHEUS_HOST = "prometheus.example.com";
const OTLP_HOSTS: Readonly<Record<Protocol, string>> = { http: "otlp.example.com", grpc: "otlp-grpc.example.com" };
const HOSTNAMES = [JAEGER_HOST, PROMETHEUS_HOST, ...Object.values(OTLP_HOSTS)];
const SHARED_HOST = "ui.example.com";
const TLS_SECRET = "e2e-names-tls";

const EXPOSE = {
    className: CONTROLLER_CLASS,
    jaeger: { host: JAEGER_HOST, allowUnauthenticated: true },
    prometheus: { host: PROMETHEUS_HOST, allowUnauthenticated: true },
    otlp: { httpHost: OTLP_HOSTS.http, grpcHost: OTLP_HOSTS.grpc },
    tls: { secretName: TLS_SECRET },
    controller: { namespaceSelectors: [{ "kubernetes.io/metadata.name": TRAEFIK_NAMESPACE }] },
};
const COMMON = {
    "secureOtlp.enabled": true,
    "secureOtlp.grpc.enabled": true,
    ...NETWORK_POLICIES_ON,
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};
const gatewayStack = configureStack("sandbox", {
    ...COMMON,
    expose: { ...EXPOSE, api: "gateway", gateway: { httpsPort: LISTENER_PORTS.https } },
});
const ingressStack = configureStack("sandbox", {
    ...COMMON,
    expose: {
        ...EXPOSE,
        otlp: { ...EXPOSE.otlp, annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" } },
    },
});
const SHARED_UIS = {
    ...EXPOSE,
    otlp: {},
    jaeger: { host: SHARED_HOST, path: "/traces/jaeger", allowUnauthenticated: true },
    prometheus: { host: SHARED_HOST, path: "/prometheus", allowUnauthenticated: true },
};
const sharedStacks = {
    "the Gateway API": configureStack("sandbox", {
        ...COMMON,
        expose: { ...SHARED_UIS, api: "gateway", gateway: { httpsPort: LISTENER_PORTS.https } },
    }),
    Ingresses: configureStack("sandbox", { ...COMMON, expose: SHARED_UIS }),
};

/** Asserts that the URL has no response, or one that is not from the stack. */
async function assertNotServed(url: string): Promise<void> {
    const [answer] = await Promise.allSettled([fetchPage(url)]);
    if (answer.status === "fulfilled") {
        assert.equal(answer.value.status, 404, url);
        assert.equal(answer.value.body.trim(), "404 page not found", url);
    }
}

/** This sandbox has no Grafana. Its Ingress and route are tested in tests/components/exposure/exposure.test.ts. */
describe("exposure", () => {
    let certificate: Pem;

    before(async () => {
        await loadTraefikImage();
        certificate = await (
            await TestAuthority.create("e2e-expose")
        ).signServer([...HOSTNAMES, SHARED_HOST].map((name) => `DNS:${name}`));
        await putCertificateSecret(certificate);
        await apply({
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/tls",
            metadata: { name: TLS_SECRET, namespace: NAMESPACE },
            stringData: { "tls.crt": certificate.cert, "tls.key": certificate.key },
        });
    });

    after(async () => {
        await pulumiUp(configureStack("sandbox"));
        await stopTraefik();
        await removeGatewayApi();
        await kubectl("delete", "secret", "-n", NAMESPACE, "otel-collector-secure-tls", TLS_SECRET);
    });

    it("fails with api gateway when the cluster has no Gateway API", async () => {
        const preview = await tryPulumi(gatewayStack, ["preview"]);
        assert.match(preview.output, /the cluster needs the CRDs of the Gateway API/);
        const { ok, output } = await tryPulumi(gatewayStack, ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /no matches for kind "Gateway" in version "gateway\.networking\.k8s\.io\/v1"/);
    });

    describe("with the Gateway API", () => {
        before(async () => {
            await installGatewayApi();
            await startTraefik();
            await pulumiUp(gatewayStack);
        });

        leadsToTheStack("routes");

        it("serves nothing without TLS", async () => {
            for (const name of HOSTNAMES) {
                await assertNotServed(`http://${name}/`);
            }
        });

        it("creates a Gateway and routes that the controller accepts", async () => {
            const conditions = ["Accepted", "Programmed"].map((type) => `--for=condition=${type}`);
            for (const condition of conditions) {
                await kubectl("wait", "gateway/otel-stack", "-n", NAMESPACE, condition, KUBECTL_TIMEOUT);
            }
            for (const kind of ["httproutes", "tlsroutes"]) {
                const routes = await listObjects<{
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

    describe("with Ingresses", () => {
        before(async () => {
            await pulumiUp(ingressStack);
            assert.deepEqual(await listObjects("gateways.gateway.networking.k8s.io"), []);
        });

        leadsToTheStack("ingresses");

        it("redirects HTTP to HTTPS", async () => {
            const page = await fetchPage(`http://${JAEGER_HOST}/`, certificate.ca);
            assert.equal(page.url, `https://${JAEGER_HOST}/`);
            assert.equal(page.status, 200);
        });
    });

    for (const [api, stack] of Object.entries(sharedStacks)) {
        describe(`with ${api} and one hostname`, () => {
            before(async () => {
                await pulumiUp(stack);
            });

            it("serves each UI and its API below its path", async () => {
                await eventually(async () => {
                    const page = await fetchPage(`https://${SHARED_HOST}/traces/jaeger/search`, certificate.ca);
                    assert.equal(page.status, 200);
                    assert.match(page.body, /<base href="\/traces\/jaeger\/"/);
                }, CONTROLLER_TIMEOUT_SECONDS);
                const { body } = await fetchPage(`https://${SHARED_HOST}/traces/jaeger/api/services`, certificate.ca);
                assert.match(body, /"data":/);
                await eventually(async () => {
                    const page = await fetchPage(`https://${SHARED_HOST}/prometheus`, certificate.ca);
                    assert.equal(page.url, `https://${SHARED_HOST}/prometheus/query`);
                }, CONTROLLER_TIMEOUT_SECONDS);
            });

            it("scrapes Prometheus' own metrics below its path", async () => {
                await eventually(async () => {
                    const query = `https://${SHARED_HOST}/prometheus/api/v1/query?query=${encodeURIComponent('up{job="prometheus"} == 1')}`;
                    const { body } = await fetchPage(query, certificate.ca);
                    assert.match(body, /"job":"prometheus"/);
                }, CONTROLLER_TIMEOUT_SECONDS);
            });

            it("returns 404 outside the paths", async () => {
                for (const path of ["/", "/jaeger/", "/prometheusx"]) {
                    const page = await fetchPage(`https://${SHARED_HOST}${path}`, certificate.ca);
                    assert.equal(page.status, 404, path);
                }
            });

            it("passes the verification, which reads below the paths", async () => {
                await assertVerified(stack);
            });
        });
    }

    function leadsToTheStack(by: string): void {
        it("serves Jaeger's page and its requests to a browser", async () => {
            await eventually(async () => {
                const page = await fetchPage(`https://${JAEGER_HOST}/`, certificate.ca);
                assert.equal(page.status, 200);
                assert.match(page.type, /^text\/html/);
                assert.match(page.body, /<html/i);
            }, CONTROLLER_TIMEOUT_SECONDS);
            await services();
        });

        it("serves Prometheus' page and its requests to a browser at its hostname", async () => {
            await eventually(async () => {
                const page = await fetchPage(`https://${PROMETHEUS_HOST}/`, certificate.ca);
                assert.equal(page.url, `https://${PROMETHEUS_HOST}/query`);
            }, CONTROLLER_TIMEOUT_SECONDS);
            const { body } = await fetchPage(`https://${PROMETHEUS_HOST}/api/v1/query?query=vector(1)`, certificate.ca);
            assert.match(body, /"status":"success"/);
        });

        it("returns 404 for other hostnames", async () => {
            for (const scheme of ["https", "http"]) {
                for (const name of ["grafana.example.com", "victorialogs.example.com", `www.${JAEGER_HOST}`]) {
                    await assertNotServed(`${scheme}://${name}/`);
                }
            }
        });

        for (const protocol of ["http", "grpc"] as const) {
            it(`stores a span that a client with the token sends by ${protocol}`, async () => {
                const authorization = await getAuthorization(gatewayStack);
                const to = { protocol, host: OTLP_HOSTS[protocol] };
                const [stranger, sender] = [`e2e-${by}-${protocol}-stranger`, `e2e-${by}-${protocol}`];
                await runSenderPod({ ...to, name: stranger, authorization: `${authorization}x` });
                await runSenderPod({ ...to, name: sender, authorization });
                await eventually(async () => {
                    assert.ok((await services()).includes(sender));
                }, CONTROLLER_TIMEOUT_SECONDS);
                // An earlier span would have arrived by now.
                assert.ok(!(await services()).includes(stranger));
            });
        }

        it("opens only the ports of the stack's flows", async () => {
            await assertIsolated(by === "routes" ? gatewayStack : ingressStack);
        });

        it("leaves token rejection to the secure OTLP listener", async () => {
            const page = await fetchPage(`https://${OTLP_HOSTS.http}/v1/traces`, certificate.ca);
            assert.equal(page.status, 401);
        });
    }

    /** The services in Jaeger, as its UI queries them. */
    async function services(): Promise<readonly string[]> {
        const { status, body } = await fetchPage(`https://${JAEGER_HOST}/api/services`, certificate.ca);
        assert.equal(status, 200);
        return (JSON.parse(body) as { readonly data: readonly string[] | null }).data ?? [];
    }
});
