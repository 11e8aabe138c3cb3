import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl, KUBECTL_TIMEOUT, NAMESPACE } from "./support/cluster";
import { buildExample, type ExampleProgram, type Language, LANGUAGES } from "./support/example-programs";
import {
    countWhenSettled,
    createLanguagesNamespace,
    LANGUAGES_NAMESPACE,
    type LanguagePod,
    type PrintedEnv,
    readPrintedEnv,
    startLanguagePods,
    type StoredOrders,
    waitForLanguagePods,
} from "./support/language-pods";
import { killCollector } from "./support/pod-faults";
import { configureTargetStack, pulumiUp } from "./support/stack";
import { needsLongRun } from "./support/target";

needsLongRun("it restarts Collectors for a quarter of an hour");

/** At most ten orders a second, for longer than a restart and the retries after it. */
const ORDERS = 450;
/** Time for the start of all programs and for some exports. */
const SECONDS_BEFORE_EVENT = 15;
const SETTLE_SECONDS = 20;

/** Environment variables by protocol, in addition to what the stack prints. */
const PROTOCOLS = {
    http: {},
    grpc: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://otel-collector.${NAMESPACE}:4317`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

type Protocol = keyof typeof PROTOCOLS;

const EVENTS = {
    rollout: async () => {
        await kubectl(
            ...["rollout", "restart", "-n", NAMESPACE, "deployment/otel-collector", "--field-manager=restart"],
        );
        await kubectl("rollout", "status", "-n", NAMESPACE, "deployment/otel-collector", KUBECTL_TIMEOUT);
    },
    kill: killCollector,
} as const;

type Event = keyof typeof EVENTS;

/** Settings of the stack, by the name in the table. */
const VARIANTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "one Collector": {},
    "two Collectors": { "collector.replicas": 2 },
};

const rows: string[] = [];

function renderRow(
    variant: string,
    event: Event,
    protocol: Protocol,
    language: Language,
    stored: StoredOrders,
): string {
    const lost = [stored.spans, stored.records, stored.counted].map((arrived) => ORDERS - arrived);
    return `| ${[variant, event, protocol, language, ORDERS, ...lost].join(" | ")} |`;
}

describe("what SDKs lose when a Collector restarts", () => {
    const programs = new Map<Language, ExampleProgram>();
    let printed: (service: string) => PrintedEnv;
    let runs = 0;

    before(async () => {
        for (const language of LANGUAGES) {
            programs.set(language, await buildExample(language, ["grpc"]));
        }
        await createLanguagesNamespace();
    });

    after(async () => {
        console.log(
            [
                "| Collectors | event | protocol | SDK | sent of each signal | spans lost | records lost | counter short by |",
                "| --- | --- | --- | --- | --- | --- | --- | --- |",
                ...rows,
            ].join("\n"),
        );
        await kubectl("delete", "namespace", LANGUAGES_NAMESPACE);
        await pulumiUp(configureTargetStack());
    });

    async function measure(variant: string, event: Event, protocol: Protocol): Promise<Map<Language, StoredOrders>> {
        runs++;
        const pods = LANGUAGES.map((language): LanguagePod => {
            const program = programs.get(language);
            assert.ok(program);
            const name = `${language}-${runs}`;
            return { name, orders: ORDERS, printed: printed(name), program, env: PROTOCOLS[protocol] };
        });
        await startLanguagePods(pods);
        for (const { name } of pods) {
            await kubectl("wait", "-n", LANGUAGES_NAMESPACE, `pod/${name}`, "--for=condition=Ready", KUBECTL_TIMEOUT);
        }
        await sleep(SECONDS_BEFORE_EVENT * 1000);
        await EVENTS[event]();
        await waitForLanguagePods(pods.map(({ name }) => name));
        const found = new Map<Language, StoredOrders>();
        for (const [index, language] of LANGUAGES.entries()) {
            const stored = await countWhenSettled(
                pods[index]?.name ?? "",
                SETTLE_SECONDS,
                ({ counted, records, spans }) => Math.min(counted, records, spans) >= ORDERS,
            );
            found.set(language, stored);
            rows.push(renderRow(variant, event, protocol, language, stored));
        }
        return found;
    }

    for (const [variant, settings] of Object.entries(VARIANTS)) {
        describe(variant, () => {
            before(async () => {
                const stack = configureTargetStack({
                    "applicationEnv.namespaces": [LANGUAGES_NAMESPACE],
                    ...settings,
                });
                await pulumiUp(stack);
                printed = await readPrintedEnv(stack, "applicationEnvFromYaml");
            });

            for (const protocol of ["http", "grpc"] as const) {
                it(`loses nothing of any SDK by ${protocol} during a rollout`, async () => {
                    for (const [language, stored] of await measure(variant, "rollout", protocol)) {
                        assert.deepEqual(
                            [language, stored.spans, stored.records, stored.counted],
                            [language, ORDERS, ORDERS, ORDERS],
                        );
                    }
                });

                it(`keeps the counters of every SDK by ${protocol} when a Collector is killed`, async () => {
                    for (const [language, stored] of await measure(variant, "kill", protocol)) {
                        assert.deepEqual([language, stored.counted], [language, ORDERS]);
                    }
                });
            }
        });
    }
});
