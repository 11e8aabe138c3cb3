import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
    defaultResource,
    resourceAttributesEnvDetector,
    resourceFromAttributes,
    serviceNameEnvDetector,
} from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { isProbe } from "./probes";

/**
 * Starts OpenTelemetry's SDK as the environment says: OTEL_EXPORTER_OTLP_ENDPOINT and the like.
 *
 * Comes before the modules that serve and call: it changes `node:http`, and listens to what `fetch` does.
 */
export function startTelemetry(service: string): NodeSDK {
    // Silent otherwise, also about telemetry that nobody takes and variables that it cannot read.
    process.env.OTEL_LOG_LEVEL ??= "warn";
    const sdk = new NodeSDK({
        resource: defaultResource().merge(
            resourceFromAttributes({ "service.name": service, "service.namespace": "shop" }),
        ),
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win. The process's number and command line are left out:
        // every start would be another resource, and no question is about them.
        resourceDetectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
        instrumentations: [
            new HttpInstrumentation({
                ignoreIncomingRequestHook: ({ url }) => isProbe(url),
                // What the shop calls it calls by fetch; the exporters' own requests are nobody's business.
                disableOutgoingRequestInstrumentation: true,
            }),
            new UndiciInstrumentation(),
        ],
    });
    sdk.start();
    return sdk;
}
