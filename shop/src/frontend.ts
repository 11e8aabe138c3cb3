import { randomUUID } from "node:crypto";
import { metrics } from "@opentelemetry/api";
import { callService } from "./client";
import { parseField, isCount, isText } from "./fields";
import { log, describeError } from "./log";
import { type Product, PRODUCTS } from "./products";
import { BadRequest, errorResponse, type RouteResponse, type Route } from "./server";
import { runInSpan } from "./span";

/** Routes of shop-frontend: list the products, and order one. */
export function frontendRoutes(paymentsUrl: string): readonly Route[] {
    const meter = metrics.getMeter("shop");
    const orders = meter.createCounter("shop.orders", {
        description: "Number of orders, by outcome.",
        unit: "{order}",
    });
    const open = meter.createUpDownCounter("shop.orders.open", {
        description: "Number of orders that wait for payment.",
        unit: "{order}",
    });

    const order = async (product: Product, quantity: number): Promise<RouteResponse> => {
        const id = randomUUID();
        const amount = product.price * quantity;
        const fields = { "shop.order.id": id, "shop.product.id": product.id, "shop.order.quantity": quantity };
        let outcome = "placed";
        open.add(1);
        try {
            await runInSpan("place order", fields, () =>
                callService("POST", `${paymentsUrl}/payments`, { order: id, amount }),
            );
            log("INFO", "order placed", fields);
            return { status: 201, body: { order: id, product: product.id, quantity, amount } };
        } catch (error) {
            outcome = "failed";
            log("ERROR", "order failed", { ...fields, "exception.message": describeError(error) });
            return errorResponse(502, "the payment failed");
        } finally {
            open.add(-1);
            orders.add(1, { "shop.order.outcome": outcome, "shop.product.id": product.id });
        }
    };

    return [
        { method: "GET", path: "/products", handle: () => Promise.resolve({ status: 200, body: PRODUCTS }) },
        {
            method: "POST",
            path: "/orders",
            handle: async (body) =>
                order(
                    findProduct(parseField(body, "product", "the id of a product", isText)),
                    parseField(body, "quantity", "a whole number from 1 to 100", isCount),
                ),
        },
    ];
}

function findProduct(id: string): Product {
    const product = PRODUCTS.find((candidate) => candidate.id === id);
    if (product === undefined) {
        throw new BadRequest(`product: expected one of ${PRODUCTS.map((candidate) => candidate.id).join(", ")}`);
    }
    return product;
}
