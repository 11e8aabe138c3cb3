import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import { resolveDashboardContext, resolveDataSourceUrls, resolveGrafanaRootUrl } from "../grafana/from-settings";
import { Grafana } from "../grafana/grafana";
import type { StackContext } from "./stack-context";

export function createGrafana(stack: StackContext): Grafana | undefined {
    const { grafana } = stack.plan.settings;
    if (!grafana.enabled) {
        return undefined;
    }
    return new Grafana(
        stack.childName(NAMES.grafana),
        {
            ...grafana,
            ...stack.sharedArgs("grafana"),
            image: stack.plan.images.grafana,
            rootUrl: resolveGrafanaRootUrl(stack.plan),
            basePath: stack.plan.exposure.basePaths.grafana,
            urls: resolveDataSourceUrls(stack.endpoints, stack.plan),
            longestSampleSeconds: stack.plan.sampleIntervals.longestSeconds,
            plugin: stack.plan.grafanaReadsVictoriaLogs ? grafana.victoriaLogsPlugin : undefined,
            dashboards: resolveDashboardContext(stack.plan),
        },
        stack.childOptions(),
    );
}
