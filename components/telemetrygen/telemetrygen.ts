import { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import type { Signal } from "../../config/types/signal";
import type { TelemetrygenSettings } from "../../config/schema/schema";
import { parseSeconds } from "../../config/types/units";
import { goDuration } from "../telemetry/go-duration";
import { labelsFor } from "../kubernetes/labels";
import { type PodOptions, renderPodTemplate } from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";

/** The image names no user. Any non-root user works. */
const TELEMETRYGEN_USER = 10001;
/** Retries after the first attempt. */
const BACKOFF_LIMIT = 2;
/** Time of an attempt besides sending: pulling the image, and the delay before a retry. */
const ATTEMPT_MARGIN_SECONDS = 300;

export interface TelemetrygenArgs extends Pick<TelemetrygenSettings, "duration" | "rate" | "resources"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    /** Creates one Job for each signal. */
    readonly signals: readonly Signal[];
    /** `host:port` of an OTLP/gRPC receiver without TLS. */
    readonly otlpEndpoint: string;
}

export function jobName(name: string, signal: Signal): string {
    return `${name}-${signal}`;
}

/** Sends sample telemetry for a while: one Job for each signal, `NAME-traces` and so on. */
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
                    // An update must not wait until the Job completes. The provider then does not wait for a deletion
                    // either, so the new Job could be applied to the one that is still being deleted. With
                    // background deletion, the old Job is gone before its pods are.
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
                        pods: args.pods,
                        spec: { restartPolicy: "Never" },
                    }),
                },
            },
            // A Job's template is immutable and its name is fixed, so the old Job must be deleted first.
            { parent: this, deleteBeforeReplace: true },
        );
    }
}
