import type { z } from 'zod'
import { plainText } from './text.ts'

/**
 * A string that stands for one kind of thing. A plain string may be used for it, but a CustomerId never for a VisitorId:
 * what matters is that two kinds of id are not mixed up.
 */
export type Id<Kind extends string> = string & { readonly __kind?: Kind }

export type ProgramId = Id<'ProgramId'>
export type AdvocateId = Id<'AdvocateId'>
export type VisitorId = Id<'VisitorId'>
export type CustomerId = Id<'CustomerId'>
export type ConversionId = Id<'ConversionId'>
export type RefundId = Id<'RefundId'>
export type ShareId = Id<'ShareId'>

/** How long an id may be, in characters. */
export const maxIdLength = 200

/** A schema for an id of one kind; at run time it stays a plain string. */
// The kind exists for the compiler alone, so the cast changes nothing at run time.
const id = <Kind extends string>() => plainText(maxIdLength) as unknown as z.ZodType<Id<Kind>, string>

export const programId = id<'ProgramId'>().describe('The program it belongs to')
export const advocateId = id<'AdvocateId'>().describe('Who refers others')
export const visitorId = id<'VisitorId'>().describe('A browser or device, known by a pseudonym')
export const customerId = id<'CustomerId'>().describe('A person known to the shop, by a pseudonym')
export const conversionId = id<'ConversionId'>().describe('The order, subscription or lead; unique within the program')
export const refundId = id<'RefundId'>().describe('The refund; unique within the program')
export const shareId = id<'ShareId'>().describe('The share that a click came from')
