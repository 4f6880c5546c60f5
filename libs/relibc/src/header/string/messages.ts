/** Texts of errno values as programs print them (glibc's C locale), by number; empty = no such error. */
const SLOT = 64

const TEXTS = [
  'Success|Operation not permitted|No such file or directory|No such process|Interrupted system call|Input/output error|No ',
  'such device or address|Argument list too long|Exec format error|Bad file descriptor|No child processes|Resource ',
  'temporarily unavailable|Cannot allocate memory|Permission denied|Bad address|Block device required|Device or resource ',
  'busy|File exists|Invalid cross-device link|No such device|Not a directory|Is a directory|Invalid argument|Too many open ',
  'files in system|Too many open files|Inappropriate ioctl for device|Text file busy|File too large|No space left on ',
  'device|Illegal seek|Read-only file system|Too many links|Broken pipe|Numerical argument out of domain|Numerical result ',
  'out of range|Resource deadlock avoided|File name too long|No locks available|Function not implemented|Directory not ',
  'empty|Too many levels of symbolic links||No message of desired type|Identifier removed|Channel number out of range|Level',
  ' 2 not synchronized|Level 3 halted|Level 3 reset|Link number out of range|Protocol driver not attached|No CSI structure ',
  'available|Level 2 halted|Invalid exchange|Invalid request descriptor|Exchange full|No anode|Invalid request code|Invalid',
  ' slot||Bad font file format|Device not a stream|No data available|Timer expired|Out of streams resources|Machine is not ',
  'on the network|Package not installed|Object is remote|Link has been severed|Advertise error|Srmount error|Communication ',
  'error on send|Protocol error|Multihop attempted|RFS specific error|Bad message|Value too large for defined data ',
  'type|Name not unique on network|File descriptor in bad state|Remote address changed|Can not access a needed shared ',
  'library|Accessing a corrupted shared library|.lib section in a.out corrupted|Attempting to link in too many shared ',
  'libraries|Cannot exec a shared library directly|Invalid or incomplete multibyte or wide character|Interrupted system ',
  'call should be restarted|Streams pipe error|Too many users|Socket operation on non-socket|Destination address ',
  'required|Message too long|Protocol wrong type for socket|Protocol not available|Protocol not supported|Socket type not ',
  'supported|Operation not supported|Protocol family not supported|Address family not supported by protocol|Address already',
  ' in use|Cannot assign requested address|Network is down|Network is unreachable|Network dropped connection on ',
  'reset|Software caused connection abort|Connection reset by peer|No buffer space available|Transport endpoint is already ',
  'connected|Transport endpoint is not connected|Cannot send after transport endpoint shutdown|Too many references: cannot ',
  'splice|Connection timed out|Connection refused|Host is down|No route to host|Operation already in progress|Operation now',
  ' in progress|Stale file handle|Structure needs cleaning|Not a XENIX named type file|No XENIX semaphores available|Is a ',
  'named type file|Remote I/O error|Disk quota exceeded|No medium found|Wrong medium type|Operation canceled|Required key ',
  'not available|Key has expired|Key has been revoked|Key was rejected by service|Owner died|State not ',
  'recoverable|Operation not possible due to RF-kill|Memory page has hardware error',
]
  .join('')
  .split('|')

/** `Success` for 0; undefined for a number without a text. */
export const errorText = (errno: number): string | undefined => TEXTS[errno] || undefined

/** All texts in slots of 64 bytes, so that an answer of strerror needs no memory of its own. */
export function errorTable(): Uint8Array {
  const out = new Uint8Array(TEXTS.length * SLOT)
  TEXTS.forEach((text, i) => {
    out.set(new TextEncoder().encode(text), i * SLOT)
  })
  return out
}

export const errorSlot = (errno: number): number => errno * SLOT

/** What strerror says of a number. */
export const errorMessage = (errno: number): string => errorText(errno) ?? `Unknown error ${errno}`

/** Names without their E, by number; - = no such error. */
const NAMES = [
  '0 PERM NOENT SRCH INTR IO NXIO 2BIG NOEXEC BADF CHILD AGAIN NOMEM ACCES FAULT NOTBLK BUSY EXIST XDEV NODEV NOTDIR ISDIR ',
  'INVAL NFILE MFILE NOTTY TXTBSY FBIG NOSPC SPIPE ROFS MLINK PIPE DOM RANGE DEADLK NAMETOOLONG NOLCK NOSYS NOTEMPTY LOOP - ',
  'NOMSG IDRM CHRNG L2NSYNC L3HLT L3RST LNRNG UNATCH NOCSI L2HLT BADE BADR XFULL NOANO BADRQC BADSLT - BFONT NOSTR NODATA ',
  'TIME NOSR NONET NOPKG REMOTE NOLINK ADV SRMNT COMM PROTO MULTIHOP DOTDOT BADMSG OVERFLOW NOTUNIQ BADFD REMCHG LIBACC ',
  'LIBBAD LIBSCN LIBMAX LIBEXEC ILSEQ RESTART STRPIPE USERS NOTSOCK DESTADDRREQ MSGSIZE PROTOTYPE NOPROTOOPT PROTONOSUPPORT ',
  'SOCKTNOSUPPORT OPNOTSUPP PFNOSUPPORT AFNOSUPPORT ADDRINUSE ADDRNOTAVAIL NETDOWN NETUNREACH NETRESET CONNABORTED ',
  'CONNRESET NOBUFS ISCONN NOTCONN SHUTDOWN TOOMANYREFS TIMEDOUT CONNREFUSED HOSTDOWN HOSTUNREACH ALREADY INPROGRESS STALE ',
  'UCLEAN NOTNAM NAVAIL ISNAM REMOTEIO DQUOT NOMEDIUM MEDIUMTYPE CANCELED NOKEY KEYEXPIRED KEYREVOKED KEYREJECTED OWNERDEAD ',
  'NOTRECOVERABLE RFKILL HWPOISON',
]

/** Names of errno values by number (errno.h of linux-gnu); empty = none. */
export const errorNames = (): readonly string[] =>
  NAMES.join('')
    .split(' ')
    .map((name, errno) => (errno === 0 ? '0' : name === '-' ? '' : `E${name}`))
