import { Select, type SelectProps } from '../../components/select.tsx'
import styles from './start-page.module.css'

/** One choice of the form. */
export const Choice = (props: Omit<SelectProps, 'className'>) => <Select {...props} className={styles.choice} />
