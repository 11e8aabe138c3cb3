/** Width in pixels of a panel over all 24 columns. A wider one has shorter steps, down to the minimum. */
const SCREEN_WIDTH = 1920;
const COLUMNS = 24;
/** Grafana's window of a rate contains this many of the shortest steps. */
const STEPS_PER_RATE = 4;

/** The step and the window of a rate that Grafana chooses for the queries of a panel. */
export interface GrafanaIntervals {
    /** `$__interval`: one point for each pixel, but not shorter than the minimum. */
    readonly stepSeconds: number;
    /** `$__rate_interval` */
    readonly rateSeconds: number;
}

/**
 * Resolves the intervals as Grafana 13 does, without rounding the step to a unit.
 *
 * https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 *
 * @param minStepSeconds `timeInterval` of the data source.
 * @param columns Width of the panel.
 */
export function resolveGrafanaIntervals(
    minStepSeconds: number,
    rangeSeconds: number,
    columns: number,
): GrafanaIntervals {
    const points = (SCREEN_WIDTH * columns) / COLUMNS;
    const stepSeconds = Math.max(minStepSeconds, Math.ceil(rangeSeconds / points));
    return { stepSeconds, rateSeconds: Math.max(stepSeconds + minStepSeconds, STEPS_PER_RATE * minStepSeconds) };
}
