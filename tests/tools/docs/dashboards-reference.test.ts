import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { renderPageFile, renderPanelLink } from "../../../components/grafana/dashboards/docs-links";
import { resolveDashboards } from "../../../components/grafana/dashboards/render";
import { resolveDashboardContext } from "../../../components/grafana/from-settings";
import { renderDashboardPages } from "../../../tools/docs/dashboards-reference";
import { PICTURES_PATH, listPictures } from "../../../tools/docs/dashboard-pictures";
import { parsePlan } from "../../support/settings";

const DIRECTORY = path.join(__dirname, "../../../docs/reference/dashboards");
const MAX_PICTURE_BYTES = 60_000;

/** Stacks with all panels. */
const STACKS = {
    "with Loki": { clusterTelemetry: { kubeletMetrics: { enabled: true } }, victoriaLogs: { enabled: true } },
    "with VictoriaLogs alone": { loki: { enabled: false }, victoriaLogs: { enabled: true } },
    "with two tiers": { topology: "two-tier" },
    "with persistent queues": { durability: { mode: "disk" } },
};

describe("docs/reference/dashboards", () => {
    const pages = renderDashboardPages();

    it("is up to date with the dashboards (tools/docs/dashboards-reference.ts writes it)", () => {
        const files = fs.readdirSync(DIRECTORY).sort();
        assert.deepEqual(files, Object.keys(pages).sort());
        for (const file of files) {
            assert.equal(fs.readFileSync(path.join(DIRECTORY, file), "utf8"), pages[file], file);
        }
    });

    for (const [title, raw] of Object.entries(STACKS)) {
        it(`has a section for each panel of a stack ${title}, with what no data means and a command`, () => {
            for (const dashboard of resolveDashboards(resolveDashboardContext(parsePlan(raw)))) {
                const page = pages[renderPageFile(dashboard)] ?? assert.fail(dashboard.title);
                for (const panel of dashboard.rows.flatMap(({ panels }) => panels)) {
                    const section = page.split(/^##+ /m).find((text) => text.startsWith(`${panel.title}\n`));
                    assert.ok(section, panel.title);
                    assert.match(section, /^\*\*No data:\*\* .{20}/m, panel.title);
                    assert.match(section, /^\$ curl /m, panel.title);
                }
            }
        });
    }

    for (const [file, page] of Object.entries(pages)) {
        it(`has unique headings in ${file}, to which panels link`, () => {
            const headings = [...page.matchAll(/^##+ (.+)$/gm)].map(([, heading = ""]) => heading);
            const anchors = headings.map((title) => renderPanelLink({ uid: "otel-x" }, { title }));
            assert.deepEqual(anchors, [...new Set(anchors)]);
        });
    }

    it("has a small picture for each dashboard", () => {
        for (const dashboard of resolveDashboards(resolveDashboardContext(parsePlan(STACKS["with Loki"])))) {
            const pictures = listPictures(dashboard);
            assert.ok(pictures.length > 0, `${dashboard.title}: make pictures`);
            for (const { file } of pictures) {
                const { size } = fs.statSync(path.join(PICTURES_PATH, file));
                assert.ok(size <= MAX_PICTURE_BYTES, `${file} has ${size} bytes`);
            }
        }
    });
});
