import styles from './spark.module.css'

/** A few values as a line with the last one marked; `label` says in words what it shows. */
export function Spark({ values, most, label }: { values: readonly number[]; most: number; label: string }) {
  const [width, height] = [120, 24]
  const x = (index: number) => (values.length === 1 ? width - 3 : 3 + (index * (width - 6)) / (values.length - 1))
  const y = (value: number) => height - 3 - (value / Math.max(1, most)) * (height - 6)
  const last = values.length - 1
  return (
    <svg className={styles.spark} role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
      <title>{label}</title>
      <path className={styles.base} d={`M0 ${height - 2.5}H${width}`} />
      <polyline points={values.map((value, index) => `${x(index)},${y(value)}`).join(' ')} />
      {last >= 0 && <circle cx={x(last)} cy={y(values[last]!)} r="2.5" />}
    </svg>
  )
}
