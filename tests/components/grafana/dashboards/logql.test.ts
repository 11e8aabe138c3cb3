import assert from "node:assert/strict";
import { parser } from "@grafana/lezer-logql";
import {
    dashboardQueries,
    correlationQueries,
    variableQueries,
} from "../../../../components/grafana/dashboards/queries";
import { renderLogQlQuery } from "../../../../tools/verify/loki-reader";

/** Where a query is no LogQL: the text at each place that the parser of Grafana's query editor does not understand. */
function findSyntaxErrors(query: string): string[] {
    const errors: string[] = [];
    parser.parse(query).iterate({
        enter: ({ type, from }) => {
            if (type.isError) {
                errors.push(query.slice(from, from + 20));
            }
        },
    });
    return errors;
}

const ID = "1234567890abcdef1234567890abcdef";
/** In place of a variable's choice of all, as Grafana sends it. */
const ALL_SERVICES = { service: ".+", rangeSeconds: 900 };
const isLokiQuery = ({ datasource }: { readonly datasource: string }): boolean => datasource === "loki";

const QUERIES = [
    ...dashboardQueries()
        .filter(isLokiQuery)
        .map(({ dashboard, panel, expr }) => [`dashboard ${dashboard}, ${panel}`, expr] as const),
    ...dashboardQueries(ALL_SERVICES)
        .filter(isLokiQuery)
        .map(({ dashboard, panel, expr }) => [`dashboard ${dashboard}, ${panel}, all services`, expr] as const),
    ...correlationQueries(ID, "loki", "shop/cart")
        .filter(isLokiQuery)
        .map(({ expr }) => ["the link from a trace to its logs", expr] as const),
    ["make verify", renderLogQlQuery(ID, "1234")] as const,
];

describe("LogQL", () => {
    it("is used by dashboards, by the link from a trace to its logs, and by make verify", () => {
        const users = QUERIES.map(([user]) => user.replace(/,.*/, ""));
        assert.deepEqual(
            [...new Set(users)],
            [
                "dashboard Overview",
                "dashboard Service",
                "dashboard Logs",
                "the link from a trace to its logs",
                "make verify",
            ],
        );
    });

    for (const [user, query] of QUERIES) {
        it(`parses the query of ${user}: ${query}`, () => {
            assert.deepEqual(findSyntaxErrors(query), []);
        });
    }

    for (const query of [
        '{service_name="shop"',
        '{service_name=shop} | trace_id="1"',
        'sum by (service_name) (rate({service_name="shop"}))',
        'sum by (service_name (rate({service_name="shop"}[1m]))',
        '{service_name="shop"} | severity_number => 17',
        '{service_name="shop"} | trace_id="$${__trace.traceId}',
        "rate({$service}[$__auto])",
    ]) {
        it(`rejects ${query}`, () => {
            assert.notDeepEqual(findSyntaxErrors(query), []);
        });
    }

    it("uses Grafana's label_values for variables", () => {
        const variables = variableQueries().filter(isLokiQuery);
        assert.ok(variables.length > 0);
        for (const { expr } of variables) {
            assert.match(expr, /^label_values\([a-z_]+\)$/);
        }
    });
});
