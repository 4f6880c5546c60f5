/** Thrown by a row that meets what the model lacks and has no errno of its own for it. The dispatcher records it and answers ENOSYS. */
export class ModelGap extends Error {
  override readonly name = 'ModelGap'
}
