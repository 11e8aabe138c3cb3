import assert from "node:assert/strict";
import { resolvePlan } from "../../../config/model/plan";
import type { WorkloadNames } from "../../../config/model/workload-names";
import { resolveFlows } from "../../../components/stack/flows";
import { renderAllowPolicies } from "../../../components/network-policies/render";
import { parsePlan, parseSettings } from "../../support/settings";

type Raw = Readonly<Record<string, unknown>>;

const OFF = { enabled: false };
const VENDOR = { endpoint: "https://otlp.vendor.example" };
const NAMES: WorkloadNames = {
    alertmanager: "a",
    collector: "c",
    grafana: "g",
    jaeger: "j",
    loki: "l",
    prometheus: "p",
    shop: "shop",
    telemetrygen: "t",
    traceTier: "c-traces",
    victoriaLogs: "v",
};
const CONNECTION = "InstrumentationKey=00000000-1111";

describe("destination egress", () => {
    function egressTo(raw: Raw): unknown {
        const settings = parseSettings({ networkPolicies: { enabled: true }, ...raw });
        const spec = renderAllowPolicies(resolveFlows(NAMES, resolvePlan(settings))).find(
            ({ name }) => name === "c",
        )?.spec;
        const egress = (spec as { egress: { to: unknown[]; ports: { port: number }[] }[] }).egress;
        return egress.filter(({ to }) => /ipBlock|team/.test(JSON.stringify(to)));
    }
    const anywhere = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];
    const tcp = (port: number) => [{ port, protocol: "TCP" }];

    for (const [about, raw, expected] of [
        [
            "any address when the endpoint is a hostname",
            { destinations: { a: VENDOR } },
            [{ to: anywhere, ports: tcp(443) }],
        ],
        [
            "one IPv4 address",
            { destinations: { a: { endpoint: "https://192.0.2.7:4317" } } },
            [{ to: [{ ipBlock: { cidr: "192.0.2.7/32" } }], ports: tcp(4317) }],
        ],
        [
            "one IPv6 address",
            { destinations: { a: { endpoint: "https://[2001:db8::7]:4317" } } },
            [{ to: [{ ipBlock: { cidr: "2001:db8::7/128" } }], ports: tcp(4317) }],
        ],
        [
            "configured address ranges",
            { destinations: { a: { ...VENDOR, egress: { cidrs: ["203.0.113.0/24"] } } } },
            [{ to: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: tcp(443) }],
        ],
        [
            "configured Namespaces and port",
            { destinations: { a: { ...VENDOR, egress: { namespaceSelectors: [{ team: "b" }], port: 4317 } } } },
            [{ to: [{ namespaceSelector: { matchLabels: { team: "b" } } }], ports: tcp(4317) }],
        ],
        [
            "any address for Azure Monitor",
            { azureMonitor: { enabled: true, connectionString: CONNECTION } },
            [{ to: anywhere, ports: tcp(443) }],
        ],
    ] as const) {
        it(`allows ${about}`, () => {
            assert.deepEqual(egressTo(raw), expected);
        });
    }

    it("allows DNS when the Collector has no other egress", () => {
        const own = { jaeger: OFF, loki: OFF, prometheus: OFF, grafana: OFF, telemetrygen: OFF };
        const flows = resolveFlows(
            NAMES,
            parsePlan({ ...own, destinations: { a: { ...VENDOR, onQueueFull: "reject" } } }),
        );
        assert.deepEqual(
            flows.map(({ to, port }) => [typeof to === "string" ? to : to.name, port]),
            [
                ["a", 443],
                ["dns", 53],
            ],
        );
    });
});
