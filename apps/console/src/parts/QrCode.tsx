import { useMemo } from 'react';
import { encode } from 'uqr';
import classes from './QrCode.module.css';

/** A QR code of a text, dark on light in both schemes: cameras expect it that way round. */
export function QrCode(props: { text: string; name: string }) {
  const { size, path } = useMemo(() => {
    const { size: side, data } = encode(props.text, { ecc: 'L', border: 3 });
    return {
      size: side,
      path: data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join(''),
    };
  }, [props.text]);
  return (
    <svg role="img" aria-label={props.name} viewBox={`0 0 ${size} ${size}`} className={classes.code}>
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={path} fill="#111410" shapeRendering="crispEdges" />
    </svg>
  );
}
