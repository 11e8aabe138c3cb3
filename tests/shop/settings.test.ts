import assert from "node:assert/strict";
import { readSettings, SettingsError } from "../../shop/src/settings";

describe("shop settings", () => {
    it("have defaults that match the Services' names", () => {
        assert.deepEqual(readSettings(["frontend"], {}), {
            role: "frontend",
            port: 8080,
            paymentsUrl: "http://shop-payments:8080",
        });
        assert.deepEqual(readSettings(["payments"], {}), {
            role: "payments",
            port: 8080,
            errorRate: 0,
            slowRate: 0,
            slowDelayMs: 1000,
        });
        assert.deepEqual(readSettings(["load"], {}), {
            role: "load",
            port: 8080,
            frontendUrl: "http://shop-frontend:8080",
            requestsPerSecond: 2,
        });
    });

    it("are read from the environment; an empty variable counts as unset", () => {
        const env = { SHOP_PORT: "81", SHOP_ERROR_RATE: "1", SHOP_SLOW_RATE: " 0.25 ", SHOP_SLOW_DELAY_MS: "" };
        assert.deepEqual(readSettings(["payments"], env), {
            role: "payments",
            port: 81,
            errorRate: 1,
            slowRate: 0.25,
            slowDelayMs: 1000,
        });
        const settings = readSettings(["load"], { SHOP_FRONTEND_URL: "https://shop/" });
        assert.equal("frontendUrl" in settings && settings.frontendUrl, "https://shop");
    });

    for (const [role, name, value, expected] of [
        ["payments", "SHOP_PORT", "http", "a whole number from 1 to 65535"],
        ["payments", "SHOP_PORT", "80.5", "a whole number from 1 to 65535"],
        ["payments", "SHOP_ERROR_RATE", "1.5", "a number from 0 to 1"],
        ["payments", "SHOP_SLOW_RATE", "-0.1", "a number from 0 to 1"],
        ["payments", "SHOP_SLOW_DELAY_MS", "1s", "a number from 0 to 30000"],
        ["frontend", "SHOP_PAYMENTS_URL", "shop-payments:8080", "an address such as http://name:8080"],
        ["load", "SHOP_FRONTEND_URL", "ftp://shop", "an address such as http://name:8080"],
        ["load", "SHOP_REQUESTS_PER_SECOND", "0", "a number from 0.01 to 100"],
    ] as const) {
        it(`are rejected: ${name}=${value}`, () => {
            assert.throws(
                () => readSettings([role], { [name]: value }),
                new SettingsError(`${name}: expected ${expected}, got "${value}"`),
            );
        });
    }

    it("report all errors at once", () => {
        const env = { SHOP_ERROR_RATE: "much", SHOP_SLOW_RATE: "2" };
        assert.throws(() => readSettings(["payments"], env), /^Error: SHOP_ERROR_RATE: .+; SHOP_SLOW_RATE: .+$/);
    });

    for (const [args, got] of [
        [[], "none"],
        [["checkout"], '"checkout"'],
        [["load", "frontend"], '"load frontend"'],
    ] as const) {
        it(`are rejected without a valid role: ${got}`, () => {
            const message = `expected one argument, frontend, payments, load, got ${got}`;
            assert.throws(() => readSettings(args, {}), new SettingsError(message));
        });
    }
});
