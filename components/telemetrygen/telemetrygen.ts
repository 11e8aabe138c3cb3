import { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import type { Signal } from "../../config/types/signal";
import type { TelemetrygenSettings } from "../../config/schema/schema";
import { parseSeconds } from "../../config/types/units";
import { goDuration } from "../telemetry/go-duration";
import { labelsFor } from "../kubernetes/labels";
import { renderPodTemplate } from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";

/** The image names no user: any number but root's does. */
const TELEMETRYGEN_USER = 10001;
/** Attempts after the first. */
const BACKOFF_LIMIT = 2;
/** What an attempt may take beside sending: pulling the image, and waiting before the next. */
const ATTEMPT_MARGIN_SECONDS = 300;

export interface TelemetrygenArgs extends Pick<TelemetrygenSettings, "duration" | "rate" | "resources"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    /** One Job for each. */
    readonly signals: readonly Signal[];
    /** `host:port` that takes OTLP over gRPC without TLS. */
    readonly otlpEndpoint: string;
}

export function jobName(name: string, signal: Signal): string {
    return `${name}-${signal}`;
}

/** Sample telemetry for a while: one Job for each signal, `NAME-traces` and so on. */
export class Telemetrygen extends pulumi.ComponentResource {
    constructor(name: string, args: TelemetrygenArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Telemetrygen", name, args, opts);

        for (const signal of args.signals) {
            this.createJob(jobName(name, signal), signal, args);
        }

        this.registerOutputs();
    }

    private createJob(name: string, signal: Signal, args: TelemetrygenArgs): void {
        const { namespace, image } = args;
        const objectName = parseObjectName(name);
        const labels = labelsFor({ name: objectName, component: "telemetry-generator", image });
        new Job(
            name,
            {
                metadata: {
                    name: objectName,
                    namespace,
                    labels: labels.all,
                    // Nobody wants to wait for it to end. The provider then does not wait for the end of a deletion either, so that
                    // the next Job would be written onto the one that is going: it has to go before its pods do.
                    annotations: {
                        "pulumi.com/skipAwait": "true",
                        "pulumi.com/deletionPropagationPolicy": "background",
                    },
                },
                spec: {
                    backoffLimit: BACKOFF_LIMIT,
                    activeDeadlineSeconds:
                        (BACKOFF_LIMIT + 1) * (Math.ceil(parseSeconds(args.duration)) + ATTEMPT_MARGIN_SECONDS),
                    template: renderPodTemplate({
                        name: "telemetrygen",
                        labels,
                        image,
                        user: TELEMETRYGEN_USER,
                        args: [
                            signal,
                            `--otlp-endpoint=${args.otlpEndpoint}`,
                            "--otlp-insecure",
                            `--duration=${goDuration(args.duration)}`,
                            `--rate=${args.rate}`,
                            "--service=telemetrygen",
                        ],
                        resources: args.resources,
                        spec: { restartPolicy: "Never" },
                    }),
                },
            },
            // A Job's template cannot change, and its name is fixed: the old one goes first.
            { parent: this, deleteBeforeReplace: true },
        );
    }
}
