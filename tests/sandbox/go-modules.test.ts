import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { IMAGES } from "../../sandbox/images";
import { ROOT } from "../../sandbox/directories";
import { readPackageVersion } from "../../sandbox/plugins/build";
import { CHART_MODULES, E2E_MODULES, LINT_MODULES, SANDBOX_MODULES, VERSIONS } from "../../sandbox/go-modules";

const MODULES_DIRECTORY = path.join(ROOT, "sandbox/modules");
const ALL = [...SANDBOX_MODULES, ...LINT_MODULES, ...CHART_MODULES, ...E2E_MODULES];

function readGoMod(name: string): string {
    return fs.readFileSync(path.join(MODULES_DIRECTORY, name, "go.mod"), "utf8");
}

/** Version of a Go module that a go.mod requires. */
function findRequiredVersion(name: string, goModule: string): string | undefined {
    return readGoMod(name)
        .split("\n")
        .map((line) =>
            line
                .trim()
                .replace(/^require /, "")
                .split(" "),
        )
        .find(([candidate]) => candidate === goModule)?.[1];
}

describe("Go modules", () => {
    it("match the directories one to one", () => {
        assert.deepEqual(ALL.map(({ name }) => name).sort(), fs.readdirSync(MODULES_DIRECTORY).sort());
    });

    for (const { name, programs, title, estimate } of ALL) {
        it(`pin all dependencies: ${name}`, () => {
            const files = fs.readdirSync(path.join(MODULES_DIRECTORY, name));
            assert.ok(files.includes("go.mod"));
            assert.equal(files.includes("go.sum"), readGoMod(name).includes("require"));
            // A folder that is not below this one exists only on the machine of its author.
            assert.doesNotMatch(readGoMod(name), /=> *(?:\/|\.\.|\.\/.*\.\.)/);
        });

        it(`build only their own programs or tools of their go.mod: ${name}`, () => {
            for (const goPackage of Object.values(programs)) {
                if (goPackage.startsWith(".")) {
                    assert.ok(fs.existsSync(path.join(MODULES_DIRECTORY, name, goPackage, "main.go")));
                } else {
                    assert.ok(
                        readGoMod(name)
                            .split(/[\n\t ]+/)
                            .includes(goPackage),
                        `go.mod has no tool ${goPackage}`,
                    );
                }
            }
            assert.ok(title !== "" && estimate > 0);
        });
    }

    it("build no program twice", () => {
        const programs = ALL.flatMap((module) => Object.keys(module.programs));
        assert.deepEqual(programs, [...new Set(programs)]);
    });

    it("build every image's program", () => {
        const programs = SANDBOX_MODULES.flatMap((module) => Object.keys(module.programs));
        assert.deepEqual(
            IMAGES.flatMap(({ files }) => files.map(({ from }) => from)).filter((from) => !programs.includes(from)),
            [],
        );
    });

    it("build every program that the node starts", () => {
        const files = ["init.sh", "control-plane.sh"].map((file) => path.join(ROOT, "sandbox/node", file));
        const scripts = files.map((file) => fs.readFileSync(file, "utf8")).join("\n");
        const started = [...scripts.matchAll(/^ *start \S+ ([^\s"]+)/gm)].map(([, program]) => program);
        assert.ok(started.length >= 8);
        const programs = SANDBOX_MODULES.flatMap((module) => Object.keys(module.programs));
        for (const program of [...started, "ctr", "kubectl", "runc", "containerd-shim-runc-v2", "host-local"]) {
            assert.ok(programs.includes(program ?? ""), program);
        }
    });

    // The Go module of Prometheus 3.x.y is v0.3xx.y; that of Jaeger 2.x.y is v1.(x + 63).y.
    for (const [name, goModule, version] of [
        ["kubernetes", "k8s.io/kubernetes", VERSIONS.kubernetes],
        ["pulumi", "github.com/pulumi/pulumi/pkg/v3", VERSIONS.pulumi],
        ["coredns", "github.com/coredns/coredns", VERSIONS.coredns],
        ["metrics-server", "sigs.k8s.io/metrics-server", VERSIONS.metricsServer],
        ["helm", "helm.sh/helm/v4", VERSIONS.helm],
        ["collector", "go.opentelemetry.io/collector/otelcol", VERSIONS.collector],
        [
            "telemetrygen",
            "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen",
            VERSIONS.telemetrygen,
        ],
        [
            "jaeger",
            "github.com/jaegertracing/jaeger",
            VERSIONS.jaeger.replace(/^2\.(\d+)/, (_, minor: string) => `1.${Number(minor) + 63}`),
        ],
        ["traefik", "github.com/traefik/traefik/v3", VERSIONS.traefik],
        ["alertmanager", "github.com/prometheus/alertmanager", VERSIONS.alertmanager],
        ["victoria-logs", "github.com/VictoriaMetrics/VictoriaLogs", VERSIONS.victoriaLogs],
        [
            "prometheus",
            "github.com/prometheus/prometheus",
            VERSIONS.prometheus.replace(/^3\.(\d+)/, (_, minor: string) => `0.3${minor.padStart(2, "0")}`),
        ],
    ] as const) {
        it(`build ${name} at the displayed version`, () => {
            assert.equal(findRequiredVersion(name, goModule), `v${version}`);
        });
    }

    for (const name of ["metrics-server", "coredns", "cyclonus", "helm", "traefik"]) {
        it(`share Kubernetes' dependency versions, to compile them once: ${name}`, () => {
            const versions = (module: string): ReadonlyMap<string, string> => {
                const [, required = ""] =
                    /^(module [^]*?)(?:^(?:exclude|replace)|(?![^]))/m.exec(readGoMod(module)) ?? [];
                return new Map(
                    [...required.matchAll(/(\S+\.\S+) (v\S+)/g)].map(([, path = "", version = ""]) => [path, version]),
                );
            };
            const kubernetes = versions("kubernetes");
            const shared = [...versions(name)].filter(([path]) => kubernetes.has(path));
            assert.ok(shared.length > 30, String(shared.length));
            assert.deepEqual(
                shared.filter(([path, version]) => kubernetes.get(path) !== version),
                [],
            );
            // The path of a replaced version would be in the compiled program, which then differs from Kubernetes' own.
            const replaced = [...readGoMod(name).matchAll(/^\s*(?:replace )?(\S+)(?: v\S+)? => /gm)].map(
                ([, path = ""]) => path,
            );
            assert.deepEqual(
                replaced.filter((path) => kubernetes.has(path)),
                [],
            );
        });
    }

    it("build the Kubernetes provider at the version of its npm package", () => {
        assert.equal(VERSIONS.pulumiKubernetes, readPackageVersion("kubernetes"));
    });

    it("report the Collector's version as its image does", () => {
        const source = fs.readFileSync(path.join(MODULES_DIRECTORY, "collector/main.go"), "utf8");
        assert.match(source, new RegExp(`Version: +"${VERSIONS.collector.replaceAll(".", "\\.")}"`));
    });
});
