import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "./support/cluster";
import { buildExample, LANGUAGES } from "./support/example-programs";
import {
    countWhenSettled,
    createLanguagesNamespace,
    LANGUAGES_NAMESPACE,
    type LanguagePod,
    readPrintedEnv,
    startLanguagePods,
    waitForLanguagePods,
} from "./support/language-pods";
import { configureTargetStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its pods run programs that are built on this machine");

const ORDERS = 20;
/** Longer than the longest export interval, and the time of a query. */
const SETTLE_SECONDS = 60;
/** Time for the start and some orders before SIGTERM. */
const SECONDS_BEFORE_SIGTERM = 15;

describe("programs in five languages with the environment that the stack prints", () => {
    const stack = configureTargetStack({ "applicationEnv.namespaces": [LANGUAGES_NAMESPACE] });
    let createPod: (language: (typeof LANGUAGES)[number], suffix: string, orders: number) => Promise<LanguagePod>;

    before(async () => {
        await createLanguagesNamespace();
        await pulumiUp(stack);
        const fromConfigMap = await readPrintedEnv(stack, "applicationEnvFromYaml");
        const literal = await readPrintedEnv(stack, "applicationEnvYaml");
        createPod = async (language, suffix, orders) => {
            const name = `${language}-${suffix}`;
            const printed = (suffix === "literal" ? literal : fromConfigMap)(name);
            return { name, orders, printed, program: await buildExample(language) };
        };
    });

    after(async () => {
        await kubectl("delete", "namespace", LANGUAGES_NAMESPACE);
        await pulumiUp(configureTargetStack());
    });

    for (const suffix of ["configmap", "literal"]) {
        it(`arrive completely, and are an instance of their own: ${suffix}`, async () => {
            const pods = await Promise.all(LANGUAGES.map((language) => createPod(language, suffix, ORDERS)));
            await startLanguagePods(pods);
            await waitForLanguagePods(pods.map(({ name }) => name));
            for (const { name } of pods) {
                const stored = await countWhenSettled(
                    name,
                    SETTLE_SECONDS,
                    ({ counted, records, spans, withinBounds }) =>
                        [counted, records, spans, withinBounds].every((count) => count >= ORDERS),
                );
                assert.deepEqual(
                    { name, ...stored },
                    { name, spans: ORDERS, counted: ORDERS, records: ORDERS, instances: [name], withinBounds: ORDERS },
                );
            }
        });
    }

    it("send what waits when their pod is deleted", async () => {
        const pods = await Promise.all(LANGUAGES.map((language) => createPod(language, "sigterm", 10_000)));
        await startLanguagePods(pods);
        const names = pods.map(({ name }) => name);
        for (const name of names) {
            await kubectl("wait", "-n", LANGUAGES_NAMESPACE, `pod/${name}`, "--for=condition=Ready", "--timeout=60s");
        }
        await sleep(SECONDS_BEFORE_SIGTERM * 1000);
        await kubectl("delete", "pod", "-n", LANGUAGES_NAMESPACE, ...names);
        for (const name of names) {
            const stored = await countWhenSettled(
                name,
                SETTLE_SECONDS,
                ({ counted, records, spans }) => counted > 0 && counted === spans && counted === records,
            );
            const { counted, records, spans } = stored;
            assert.ok(counted > 10, `${name}: ${JSON.stringify(stored)}`);
            assert.deepEqual({ name, spans, records }, { name, spans: counted, records: counted });
        }
    });
});
