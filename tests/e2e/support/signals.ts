import assert from "node:assert/strict";
import { parse } from "yaml";
import * as z from "zod";
import {
    type DashboardQuery,
    dashboardQueries,
    correlationQueries,
    variableQueries,
} from "../../../components/grafana/dashboards/queries";
import { resolveDashboardContext } from "../../../components/grafana/from-settings";
import { resolvePlan } from "../../../config/model/plan";
import { type RuleQuery, ruleQueries } from "../../../components/prometheus/rules/rules";
import type { RuleGroup } from "../../../components/prometheus/rules/types";
import { EXEMPLAR_TRACE_ID, SERVICE_LABEL, SPAN_METRICS, TRACE_FIELDS } from "../../../components/telemetry/names";
import type { Settings } from "../../../tools/render/program";
import { renderConfigFiles } from "../../../tools/render/config-files";
import type { Stack } from "../../../tools/stack/stack";
import { renderAttribute, renderNanoseconds } from "./odd-items";
import { postOtlp } from "./otlp-requests";
import { PortForwards } from "./port-forwards";
import {
    fetchData,
    queryExemplars,
    type LogRecord,
    QUERY_RANGE,
    QUERY_RANGE_SECONDS,
    getTrace,
} from "../../../tools/verify/store-api";
import {
    assertQueriesReturnData,
    type BackendConnections,
    eventually,
    createListAssertion,
    createMonitorAssertion,
    type QueryAssertion,
    createQueryAssertion,
} from "./query-assertions";
import { findLogStore, queryLogRecords } from "./log-records";
import { checkPanels } from "../../../tools/verify/panels";
import { findRequiredSelectors } from "../../../tools/verify/promql-selectors";
import { readStackOutputs } from "../../../tools/verify/verify-stack";
import { assertVerified, readRawSettings, readStackSettings } from "./stack";
import {
    SAMPLE_ENVIRONMENT,
    SAMPLE_NAMESPACE,
    SHOP_SERVICE,
    startSampleTraffic,
    TILL_SERVICE,
    type SampleTraffic,
} from "./sample-traffic";

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

const SHOP_JOB = `${SAMPLE_NAMESPACE}/${SHOP_SERVICE}`;
/** What each variable of a dashboard offers, among others. */
const VARIABLE_VALUES: Readonly<Record<string, string>> = {
    job: SHOP_JOB,
    service: SHOP_SERVICE,
    namespace: SAMPLE_NAMESPACE,
    environment: SAMPLE_ENVIRONMENT,
};

/** How SDKs, agents and log files say that a record is an error. */
const ERROR_RECORDS = [
    { line: "by number", severityNumber: 17 },
    { line: "by text", severityText: "ERROR" },
    { line: "by text in lower case", severityText: "error" },
    { line: '{"level":"error","msg":"by a field of the line"}' },
    { line: "level=error by a word of the line" },
    { line: "by attribute", attributes: [renderAttribute("level", "error")] },
    { line: "fatal", severityNumber: 21 },
] as const;

/** The queries without those whose text, data source and step an earlier one has. */
function keepFirstOfEach<T extends Partial<DashboardQuery>>(queries: readonly T[]): readonly T[] {
    const byText = queries.map(
        (query) => [JSON.stringify([query.datasource, query.expr, query.stepSeconds]), query] as const,
    );
    return [...new Map(byText.reverse()).values()].reverse();
}

/**
 * Runs the queries of dashboards, rules and users on a deployed stack while two services send telemetry.
 *
 * @param variants Stacks whose queries must have data in the same stores.
 */
export function describeSignals(title: string, stack: Stack, variants: readonly Stack[] = []): void {
    const raw = readRawSettings(stack);
    // The sandbox has no Grafana, but the test can run its queries.
    const contexts = [stack, ...variants].map((one) => resolveDashboardContext(resolvePlan(readStackSettings(one))));
    const values = {
        service: SHOP_SERVICE,
        namespace: SAMPLE_NAMESPACE,
        environment: SAMPLE_ENVIRONMENT,
        rangeSeconds: QUERY_RANGE_SECONDS,
    };
    const queries = keepFirstOfEach(contexts.flatMap((context) => dashboardQueries(values, context)));
    const variables = keepFirstOfEach(contexts.flatMap((context) => variableQueries(values, context)));

    describe(title, () => {
        defineSignalTests(stack, [raw, ...variants.map(readRawSettings)], queries, variables);
    });
}

function defineSignalTests(
    stack: Stack,
    settings: readonly [Settings, ...Settings[]],
    queries: readonly DashboardQuery[],
    variables: ReturnType<typeof variableQueries>,
): void {
    let forwards: PortForwards | undefined;
    let backends: BackendConnections;
    let traffic: SampleTraffic;
    let rules: readonly RuleQuery[];
    /** The rules of the other stacks. */
    let otherRules: readonly RuleQuery[];

    before(async () => {
        forwards = await PortForwards.open(stack);
        ({ backends } = forwards);
        traffic = startSampleTraffic(await forwards.collector.url());
        const [raw, ...others] = settings;
        rules = await renderRuleQueries(raw, stack);
        const rendered: (readonly RuleQuery[])[] = [];
        // In sequence, because each runs the program.
        for (const other of others) {
            rendered.push(await renderRuleQueries(other, stack));
        }
        const known = new Set(rules.map(({ expr }) => expr));
        otherRules = rendered.flat().filter(({ expr }) => !known.has(expr));
    });

    after(async () => {
        await traffic.stop();
        await forwards?.close();
    });

    it("answers every query of every dashboard", async () => {
        // All queries. The sample traffic contains errors, so that queries for errors return data too.
        await assertQueriesReturnData(backends, [
            ...queries.map((query) => createQueryAssertion(`${query.dashboard}, ${query.panel}`, query)),
            ...variables.map((query) =>
                createListAssertion(
                    `${query.dashboard}, $${query.variable}`,
                    query,
                    VARIABLE_VALUES[query.variable] ?? assert.fail(query.variable),
                ),
            ),
        ]);
    });

    it("answers every rule that is not about failures", async () => {
        const recorded = [...rules, ...otherRules].filter(({ emptyBecause }) => emptyBecause === undefined);
        assert.ok(recorded.length > 0);
        await assertQueriesReturnData(
            backends,
            recorded.map(({ rule, expr }) =>
                createQueryAssertion(rule, { datasource: "prometheus", expr, instant: true }),
            ),
        );
    });

    it("has series for every selector of dashboards and rules", async () => {
        const url = await backends.prometheus.url();
        const asked = [
            ...queries
                .filter(({ datasource }) => datasource === "prometheus")
                .map(({ dashboard, panel, expr }) => ({ of: `${dashboard}, ${panel}`, expr })),
            ...[...rules, ...otherRules].map(({ rule, expr }) => ({ of: rule, expr })),
        ];
        const once = new Map<string, QueryAssertion>();
        // In sequence, because each runs only once.
        for (const { of, expr } of asked) {
            for (const selector of await findRequiredSelectors(url, expr)) {
                const question = createSeriesAssertion(of, selector);
                once.set(question.expr, question);
            }
        }
        await assertQueriesReturnData(backends, [...once.values()]);
    });

    it("has data for all panels and rules with nothing but what verify sends", async () => {
        await assertVerified(stack);
        const {
            empty,
            problems,
            queries: count,
        } = await checkPanels(settings[0], await readStackOutputs(stack), stack.env);
        assert.deepEqual(problems, []);
        assert.ok(count > empty.length);
    });

    it("shows the rates of a service in Jaeger's Monitor tab", async () => {
        await assertQueriesReturnData(
            backends,
            (["calls", "errors", "latencies"] as const).map((metric) => createMonitorAssertion(metric, SHOP_SERVICE)),
        );
    });

    it("links exemplars to their trace, the trace to its logs and metrics, and records back", async () => {
        const traceId = await eventually(async () => findExemplarTrace(backends, queries));
        const [toLogs, ...toMetrics] = correlationQueries(traceId, findLogStore(backends), SHOP_JOB);
        assert.ok(toLogs !== undefined && toMetrics.length > 0);
        await assertQueriesReturnData(
            backends,
            [toLogs, ...toMetrics].map((query) =>
                createQueryAssertion("Jump from a trace", { ...query, instant: false }),
            ),
        );
        await eventually(async () => {
            assert.deepEqual(await listTraceServices(traceId, backends), [SHOP_SERVICE, TILL_SERVICE]);
            const records = await queryLogRecords(backends, toLogs.expr);
            assert.deepEqual(sortUnique(records.map(({ fields }) => fields[SERVICE_LABEL])), [
                SHOP_SERVICE,
                TILL_SERVICE,
            ]);
            for (const record of records) {
                assert.equal(record.fields[TRACE_FIELDS.traceId], traceId);
                await assertLinksToSpan(record, backends);
            }
        });
    });

    it("links an error record to the failed trace", async () => {
        const query = queries.find(({ dashboard, panel }) => dashboard === "Logs" && panel === "Errors");
        assert.ok(query);
        await eventually(async () => {
            const error = (await queryLogRecords(backends, query.expr)).at(-1);
            assert.equal(error?.fields.severity_text, "ERROR");
            await assertLinksToSpan(error, backends);
            assert.deepEqual(await listTraceServices(error.fields[TRACE_FIELDS.traceId] ?? "", backends), [
                SHOP_SERVICE,
                TILL_SERVICE,
            ]);
        });
    });

    it("evaluates all rules without error, and fires no alert", async () => {
        const loaded = await eventually(async () => {
            const answer = ruleGroups.parse(await fetchData(`${await backends.prometheus.url()}/api/v1/rules`));
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

    // Last, because these records have no trace.
    it("finds errors in logs however their severity is written", async () => {
        const at = renderNanoseconds(Date.now());
        const resource = {
            attributes: [
                renderAttribute("service.name", SHOP_SERVICE),
                renderAttribute("service.namespace", SAMPLE_NAMESPACE),
                renderAttribute("deployment.environment.name", SAMPLE_ENVIRONMENT),
            ],
        };
        const logRecords = ERROR_RECORDS.map(({ line, ...fields }) => ({
            timeUnixNano: at,
            body: { stringValue: line },
            ...fields,
        }));
        assert.ok(forwards);
        await postOtlp(forwards.collector, "logs", { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
        const query = queries.find(({ dashboard, panel }) => dashboard === "Logs" && panel === "Errors");
        assert.ok(query);
        await eventually(async () => {
            const lines = new Set((await queryLogRecords(backends, query.expr)).map(({ line }) => line));
            assert.deepEqual(
                ERROR_RECORDS.map(({ line }) => line).filter((line) => !lines.has(line)),
                [],
            );
        });
    });
}

async function renderRuleQueries(raw: Settings, { name }: Stack): Promise<readonly RuleQuery[]> {
    const { groups } = parse((await renderConfigFiles(raw, name)).rules ?? "") as { groups: readonly RuleGroup[] };
    return ruleQueries(groups);
}

function createSeriesAssertion(of: string, selector: string): QueryAssertion {
    const expr = `last_over_time(${selector}[${QUERY_RANGE}])`;
    return createQueryAssertion(of, { datasource: "prometheus", expr, instant: true });
}

/** The trace of an exemplar in the panel of a service's durations. */
async function findExemplarTrace(
    { prometheus }: BackendConnections,
    queries: readonly DashboardQuery[],
): Promise<string> {
    const drawn = queries.filter(({ exemplars }) => exemplars);
    assert.ok(drawn.length > 0);
    const found = await Promise.all(
        drawn.map(async ({ expr }) => queryExemplars(await prometheus.url(), expr, EXEMPLAR_TRACE_ID)),
    );
    const traceId = found.flat().at(-1);
    assert.ok(traceId !== undefined, `no exemplar of ${SPAN_METRICS.durationBucket} leads to a trace`);
    return traceId;
}

/** Asserts that Jaeger has the record's span, in the record's trace. */
async function assertLinksToSpan({ fields }: LogRecord, { jaeger }: BackendConnections): Promise<void> {
    const { spans } = await getTrace(await jaeger.url(), fields[TRACE_FIELDS.traceId] ?? "");
    assert.ok(spans.some(({ spanID }) => spanID === fields[TRACE_FIELDS.spanId]));
}

/** The services with spans in a trace. */
async function listTraceServices(
    traceId: string,
    { jaeger }: BackendConnections,
): Promise<readonly (string | undefined)[]> {
    const { spans, processes } = await getTrace(await jaeger.url(), traceId);
    return sortUnique(spans.map(({ processID }) => processes[processID]?.serviceName));
}

function sortUnique(names: readonly (string | undefined)[]): readonly (string | undefined)[] {
    return [...new Set(names)].sort();
}
