import { BinaryWriter } from "google-protobuf";
import { writeAttribute, writeMessage } from "./trace-request";

/** Field numbers of ExportMetricsServiceRequest and its nested messages, from metrics.proto of opentelemetry-proto. */
const FIELD = {
    resourceMetrics: 1,
    resource: 1,
    scopeMetrics: 2,
    resourceAttributes: 1,
    metrics: 2,
    name: 1,
    sum: 7,
    dataPoints: 1,
    temporality: 2,
    isMonotonic: 3,
    start: 2,
    time: 3,
    asDouble: 4,
    attributes: 7,
} as const;

const CUMULATIVE = 2;
const ATTRIBUTES = 10;
const POINTS_PER_METRIC = 5;

/** Renders an OTLP request with a number of points of cumulative sums as protobuf. Each has ten attributes. */
export function renderMetricsRequest(points: number): Uint8Array {
    const request = new BinaryWriter();
    writeMessage(request, FIELD.resourceMetrics, (resourceMetrics) => {
        writeMessage(resourceMetrics, FIELD.resource, (resource) => {
            writeAttribute(resource, FIELD.resourceAttributes, "service.name", "bench");
            writeAttribute(resource, FIELD.resourceAttributes, "service.instance.id", "bench-1");
        });
        writeMessage(resourceMetrics, FIELD.scopeMetrics, (scopeMetrics) => {
            for (let first = 0; first < points; first += POINTS_PER_METRIC) {
                writeMessage(scopeMetrics, FIELD.metrics, (metric) => {
                    writeSum(metric, first, Math.min(POINTS_PER_METRIC, points - first));
                });
            }
        });
    });
    return request.getResultBuffer();
}

function writeSum(metric: BinaryWriter, first: number, points: number): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    metric.writeString(FIELD.name, `http.server.requests.${first}`);
    writeMessage(metric, FIELD.sum, (sum) => {
        for (let index = 0; index < points; index++) {
            writeMessage(sum, FIELD.dataPoints, (point) => {
                point.writeFixed64String(FIELD.start, String(now - 10_000_000_000n));
                point.writeFixed64String(FIELD.time, String(now));
                point.writeDouble(FIELD.asDouble, index);
                for (let key = 0; key < ATTRIBUTES; key++) {
                    writeAttribute(
                        point,
                        FIELD.attributes,
                        `http.attribute.${key}`,
                        `value-${key === 0 ? index : key}`,
                    );
                }
            });
        }
        sum.writeEnum(FIELD.temporality, CUMULATIVE);
        sum.writeBool(FIELD.isMonotonic, true);
    });
}
