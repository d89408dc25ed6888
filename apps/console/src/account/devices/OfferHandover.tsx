import { CopyText } from '../../parts/CopyText.tsx';
import { QrCode } from '../../parts/QrCode.tsx';
import classes from '../AccountLayout.module.css';
import { encodeOffer, type PasskeyOffer, shortCodeOf } from '../passkeys/passkeyOffer.ts';

/** The code of a new passkey, to be taken to whoever confirms it, and the short code to compare. */
export function OfferHandover(props: { offer: PasskeyOffer; to: string }) {
  const text = encodeOffer(props.offer);
  return (
    <div className={classes.handover}>
      <QrCode text={text} name="QR code of this device’s code" />
      <div className={classes.inner}>
        <p>Take this code to {props.to}. It holds no secret: it only asks.</p>
        <p className={classes.code} data-testid="offer">
          {text}
        </p>
        <div className={classes.actions}>
          <CopyText value={text} name="code" />
        </div>
        <p>Both screens must show the same:</p>
        <p className={classes.short}>{shortCodeOf(props.offer)}</p>
      </div>
    </div>
  );
}
