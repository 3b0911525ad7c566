// An entry point of its own, because a data thread needs this constant and nothing else of the configuration. Through
// the main entry point, each data thread would load the schema and zod.

/**
 * How far a tier's limits are raised for a trusted proxy. The proxy adds fields that describe the client
 * (X-Forwarded-*, Forwarded, Via, X-Request-Id, Client-Cert). With this allowance, the proxy can forward the largest head that it
 * accepts.
 */
export const PROXY_ALLOWANCE = { head: 8192, fields: 16 } as const;
