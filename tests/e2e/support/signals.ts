import assert from "node:assert/strict";
import { parse } from "yaml";
import * as z from "zod";
import {
    type DashboardQuery,
    dashboardQueries,
    jumpQueries,
    variableQueries,
} from "../../../components/grafana/dashboards/queries";
import { dashboardContext } from "../../../components/grafana/settings";
import { type RuleQuery, ruleQueries } from "../../../components/rules/rules";
import type { RuleGroup } from "../../../components/rules/types";
import { EXEMPLAR_TRACE_ID, SERVICE_LABEL, SPAN_METRICS, TRACE_FIELDS } from "../../../components/shared/correlation";
import type { Settings } from "../../../tools/mocked-stack";
import { filesOf } from "../../../tools/rendered";
import type { Stack } from "../../../tools/stack";
import { Forwards } from "./forwards";
import { data, exemplarsOf, type LogRecord, RANGE, traceWith } from "./ask";
import {
    assertAnswered,
    type Backends,
    eventually,
    listQuestion,
    monitorQuestion,
    type Question,
    questionOf,
} from "./questions";
import { logStoreOf, recordsOf } from "./records";
import { selectorsOf } from "./selectors";
import { rawSettingsOf, settingsOf } from "./stack";
import { SHOP, startTraffic, TILL, type Traffic } from "./traffic";

const ruleGroups = z.object({
    groups: z.array(
        z.object({
            name: z.string(),
            rules: z.array(
                z.object({
                    name: z.string(),
                    health: z.string(),
                    lastError: z.string().optional(),
                    state: z.string().optional(),
                }),
            ),
        }),
    ),
});

/** Asks the backends of a deployed stack all that dashboards, rules and people ask, while two services are at work. */
export function describeSignals(title: string, stack: Stack): void {
    const raw = rawSettingsOf(stack);
    // Grafana is not on the sandbox, but all of its queries can be asked.
    const context = dashboardContext(settingsOf(stack));
    const queries = dashboardQueries({ service: SHOP, rateInterval: "1m", range: RANGE }, context);

    describe(title, () => {
        askAll(stack, raw, queries, variableQueries(context));
    });
}

function askAll(
    stack: Stack,
    raw: Settings,
    queries: readonly DashboardQuery[],
    variables: ReturnType<typeof variableQueries>,
): void {
    let forwards: Forwards | undefined;
    let backends: Backends;
    let traffic: Traffic;
    let rules: readonly RuleQuery[];

    before(async () => {
        forwards = await Forwards.of(stack);
        ({ backends } = forwards);
        traffic = startTraffic(await forwards.collector.url());
        const { groups } = parse((await filesOf(raw, stack.name)).rules ?? "") as { groups: readonly RuleGroup[] };
        rules = ruleQueries(groups);
    });

    after(async () => {
        await traffic.stop();
        await forwards?.close();
    });

    it("answer every query of every dashboard", async () => {
        // All of them: what a healthy stack may have nothing to say to, such as errors, is provoked.
        await assertAnswered(backends, [
            ...queries.map((query) => questionOf(`${query.dashboard}, ${query.panel}`, query)),
            ...variables.map((query) => listQuestion(`${query.dashboard}, $${query.variable}`, query, SHOP)),
        ]);
    });

    it("answer every rule that is not about failures", async () => {
        const recorded = rules.filter(({ emptyBecause }) => emptyBecause === undefined);
        assert.ok(recorded.length > 0);
        await assertAnswered(
            backends,
            recorded.map(({ rule, expr }) => questionOf(rule, { datasource: "prometheus", expr, instant: true })),
        );
    });

    it("are what every selector of dashboards and rules finds", async () => {
        const url = await backends.prometheus.url();
        const asked = [
            ...queries
                .filter(({ datasource }) => datasource === "prometheus")
                .map(({ dashboard, panel, expr }) => ({ of: `${dashboard}, ${panel}`, expr })),
            ...rules.map(({ rule, expr }) => ({ of: rule, expr })),
        ];
        const once = new Map<string, Question>();
        // One after the other, as each is asked only once.
        for (const { of, expr } of asked) {
            for (const selector of await selectorsOf(url, expr)) {
                const question = seriesOf(of, selector);
                once.set(question.expr, question);
            }
        }
        await assertAnswered(backends, [...once.values()]);
    });

    it("show the rates of a service in Jaeger's Monitor tab", async () => {
        await assertAnswered(
            backends,
            (["calls", "errors", "latencies"] as const).map((metric) => monitorQuestion(metric, SHOP)),
        );
    });

    it("lead from a point of a graph to its trace, to its logs and metrics, and back", async () => {
        const traceId = await eventually(async () => exemplar(backends, queries));
        const [toLogs, ...toMetrics] = jumpQueries(traceId, logStoreOf(backends));
        assert.ok(toLogs !== undefined && toMetrics.length > 0);
        await assertAnswered(
            backends,
            [toLogs, ...toMetrics].map((query) => questionOf("Jump from a trace", { ...query, instant: false })),
        );
        await eventually(async () => {
            assert.deepEqual(await servicesOf(traceId, backends), [SHOP, TILL]);
            const records = await recordsOf(backends, toLogs.expr);
            assert.deepEqual(unique(records.map(({ fields }) => fields[SERVICE_LABEL])), [SHOP, TILL]);
            for (const record of records) {
                assert.equal(record.fields[TRACE_FIELDS.traceId], traceId);
                await assertLeadsBack(record, backends);
            }
        });
    });

    it("lead from an error in the log to the trace that failed", async () => {
        const query = queries.find(({ dashboard, panel }) => dashboard === "Logs" && panel === "Errors");
        assert.ok(query);
        await eventually(async () => {
            const error = (await recordsOf(backends, query.expr)).at(-1);
            assert.equal(error?.fields.severity_text, "ERROR");
            await assertLeadsBack(error, backends);
            assert.deepEqual(await servicesOf(error.fields[TRACE_FIELDS.traceId] ?? "", backends), [SHOP, TILL]);
        });
    });

    it("make all rules work and no alert fire", async () => {
        const loaded = await eventually(async () => {
            const answer = ruleGroups.parse(await data(`${await backends.prometheus.url()}/api/v1/rules`));
            const all = answer.groups.flatMap((group) => group.rules);
            assert.ok(
                all.every(({ health }) => health !== "unknown"),
                "not all rules have been evaluated",
            );
            return all;
        });
        assert.deepEqual(
            loaded.map(({ name }) => name),
            rules.map(({ rule }) => rule),
        );
        const wrong = loaded.filter(({ health, state }) => health !== "ok" || state === "firing");
        assert.deepEqual(wrong, []);
    });
}

function seriesOf(of: string, selector: string): Question {
    const expr = `last_over_time(${selector}[${RANGE}])`;
    return questionOf(of, { datasource: "prometheus", expr, instant: true });
}

/** The trace behind a point of the panel of a service's durations. */
async function exemplar({ prometheus }: Backends, queries: readonly DashboardQuery[]): Promise<string> {
    const drawn = queries.filter(({ exemplars }) => exemplars);
    assert.ok(drawn.length > 0);
    const found = await Promise.all(
        drawn.map(async ({ expr }) => exemplarsOf(await prometheus.url(), expr, EXEMPLAR_TRACE_ID)),
    );
    const traceId = found.flat().at(-1);
    assert.ok(traceId !== undefined, `no exemplar of ${SPAN_METRICS.durationBucket} leads to a trace`);
    return traceId;
}

/** The span during which the record was written is in Jaeger, in the trace that the record names. */
async function assertLeadsBack({ fields }: LogRecord, { jaeger }: Backends): Promise<void> {
    const { spans } = await traceWith(await jaeger.url(), fields[TRACE_FIELDS.traceId] ?? "");
    assert.ok(spans.some(({ spanID }) => spanID === fields[TRACE_FIELDS.spanId]));
}

/** The services whose spans a trace has. */
async function servicesOf(traceId: string, { jaeger }: Backends): Promise<readonly (string | undefined)[]> {
    const { spans, processes } = await traceWith(await jaeger.url(), traceId);
    return unique(spans.map(({ processID }) => processes[processID]?.serviceName));
}

function unique(names: readonly (string | undefined)[]): readonly (string | undefined)[] {
    return [...new Set(names)].sort();
}
