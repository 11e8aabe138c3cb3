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
 * Starts the OpenTelemetry SDK. The environment configures it, for example OTEL_EXPORTER_OTLP_ENDPOINT.
 *
 * Call it before modules with servers and clients are loaded: the instrumentation patches `node:http` and subscribes to
 * the events of `fetch`.
 */
export function startTelemetry(service: string): NodeSDK {
    // By default, the SDK does not log failed exports or invalid variables.
    process.env.OTEL_LOG_LEVEL ??= "warn";
    const sdk = new NodeSDK({
        resource: defaultResource().merge(
            resourceFromAttributes({ "service.name": service, "service.namespace": "shop" }),
        ),
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have precedence. Process attributes, such as the process id,
        // are omitted, because every start would create a new resource.
        resourceDetectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
        instrumentations: [
            new HttpInstrumentation({
                ignoreIncomingRequestHook: ({ url }) => isProbe(url),
                // The shop calls services with fetch. Requests of the exporters must not be traced.
                disableOutgoingRequestInstrumentation: true,
            }),
            new UndiciInstrumentation(),
        ],
    });
    sdk.start();
    return sdk;
}
