// Numbers in addresses. What is no number reads as one that finds nothing.
import type { FastifyRequest } from "fastify";

/** Both databases count to this in an INTEGER. */
const MOST = 2_147_483_647;
const MOST_PAGES = 100_000;

export function idParam(request: FastifyRequest): number {
  const { id } = request.params as { id?: string };
  const number = /^\d{1,10}$/.test(id ?? "") ? Number(id) : 0;
  return number <= MOST ? number : 0;
}

/** `?page=`, from 1. */
export function pageParam(request: FastifyRequest): number {
  const { page } = request.query as { page?: unknown };
  const number = typeof page === "string" && /^\d{1,6}$/.test(page) ? Number(page) : 1;
  return Math.min(Math.max(number, 1), MOST_PAGES);
}
