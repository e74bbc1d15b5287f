/** Why an input was not taken. */
export interface Rejection {
  /** Path of the field that is wrong, e.g. `data.items[0].amount.value`; '' for the input as a whole. */
  readonly field: string
  /** One sentence that says what is wrong and what would be right. */
  readonly reason: string
}
