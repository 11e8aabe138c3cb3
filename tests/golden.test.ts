import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { renderManifests, renderStackManifests } from "../tools/render/manifests";

const OFF = { enabled: false };

/** Settings that no stack file has, each with as few workloads as possible. */
const VARIANTS = {
    "private-registry": {
        grafana: OFF,
        jaeger: OFF,
        loki: OFF,
        telemetrygen: OFF,
        clusterTelemetry: { kubernetesEvents: { enabled: true } },
        images: {
            registry: "mirror.example.com/hub",
            pullPolicy: "Always",
            pullSecrets: ["own-credentials"],
            credentials: { mirror: { username: "robot", password: "text" } },
        },
    },
    "existing-secrets": {
        jaeger: OFF,
        loki: OFF,
        telemetrygen: OFF,
        grafana: OFF,
        secureOtlp: { enabled: true, token: { secretName: "sender-tokens" } },
        destinations: {
            vendor: {
                endpoint: "https://otlp.example.com",
                secretName: "vendor-keys",
                secretHeaderKeys: { authorization: "token" },
            },
        },
        azureMonitor: { enabled: true, secretName: "azure-monitor" },
    },
    services: {
        grafana: OFF,
        jaeger: OFF,
        loki: OFF,
        telemetrygen: OFF,
        victoriaLogs: { enabled: true },
        clusterTelemetry: { kubeletMetrics: { enabled: true, ipFamily: "IPv6" }, agentOtlp: { enabled: true } },
        services: {
            ipFamilyPolicy: "PreferDualStack",
            ipFamilies: ["IPv6", "IPv4"],
            labels: { team: "platform" },
            annotations: { "example.com/note": "text" },
        },
    },
    pods: {
        grafana: OFF,
        jaeger: OFF,
        loki: OFF,
        telemetrygen: OFF,
        clusterTelemetry: { hostMetrics: { enabled: true } },
        collector: { pods: { priorityClassName: "", labels: { tier: "ingest" } } },
        pods: {
            nodeSelector: { pool: "observability" },
            tolerations: [{ key: "dedicated", value: "observability", effect: "NoSchedule" }],
            topologySpreadConstraints: [
                { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
            ],
            priorityClassName: "observability",
            labels: { team: "platform" },
            annotations: { "example.com/note": "text" },
            envFrom: ["proxy"],
        },
    },
} as const;

function assertGolden(name: string, manifests: string): void {
    const golden = path.join(__dirname, "golden", `${name}.yaml`);
    if (process.env.UPDATE_GOLDEN) {
        fs.writeFileSync(golden, manifests);
    }
    assert.equal(manifests, fs.readFileSync(golden, "utf8"));
}

/** Every stack file has one; `UPDATE_GOLDEN=1 npx mocha` writes them anew, for a reader to check the difference. */
describe("golden manifests", () => {
    for (const stack of ["dev", "sandbox", "secure"]) {
        it(`match the rendered objects of stack ${stack}`, async () => {
            assertGolden(stack, await renderStackManifests(stack));
        });
    }

    for (const [name, settings] of Object.entries(VARIANTS)) {
        it(`match the rendered objects of the variant ${name}`, async () => {
            assertGolden(name, await renderManifests(settings, "dev"));
        });
    }
});
