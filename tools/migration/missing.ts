/** Prints the SQL that leads from prisma/migrations to prisma/schema.prisma; nothing when they agree. */
import { fileURLToPath } from 'node:url'
import { missingMigration } from '../../apps/build-api/src/services/schema-diff.ts'

process.stdout.write(await missingMigration(fileURLToPath(new URL('../../prisma', import.meta.url))))
